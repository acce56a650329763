import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { formatFinding, hasErrors } from '../../../application/operations/schema-findings.ts';
import { checkSchemas } from './schema-check.ts';
import { SCHEMA_DIRECTORY } from './schema-files.ts';

let root: string;
let directory: URL;

beforeAll(() => {
  root = mkdtempSync(`${tmpdir()}/schemas-`);
  directory = pathToFileURL(`${root}/`);
});
beforeEach(() => cpSync(SCHEMA_DIRECTORY, directory, { recursive: true, force: true }));
afterAll(() => rmSync(root, { recursive: true }));

/** Changes one file of the copy, and gives what the check then says. */
function after(file: string, from: string | RegExp, to: string): string[] {
  const path = new URL(file, directory);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace(from, to));
  expect(readFileSync(path, 'utf8')).not.toBe(before);
  return checkSchemas({ directory }).map(
    (finding) => `${finding.severity} ${finding.record} ${finding.field} ${finding.rule}`,
  );
}

describe("the project's schemas", () => {
  test('keep every promise made by released versions', () => {
    expect(hasErrors(checkSchemas())).toBe(false);
  });
});

describe('the check of schemas', () => {
  test('refuses a removed field', () => {
    const removed = after('QueueEntryRequested.avsc', /,\s*\{\s*"name": "entryId"[^}]*\}/, '');
    expect(removed).toContain('error QueueEntryRequested entryId FIELD_REMOVED');
  });

  test('refuses a changed type', () => {
    const changed = after('EntriesAdmitted.avsc', /(?<="through",\s*)"type": "long"/, '"type": "string"');
    expect(changed).toContain('error EntriesAdmitted through TYPE_CHANGED');
  });

  test('refuses a removed enum symbol, although the enum has a default', () => {
    const removed = after('QueueConfigured.avsc', '["reject", "draw"]', '["reject"]');
    expect(removed).toContain('error QueueConfigured policy.beforeOpening ENUM_SYMBOL_REMOVED');
  });

  test('refuses an added field without a default', () => {
    const added = after(
      'QueuePaused.avsc',
      '"fields": [',
      '"fields": [{ "name": "by", "type": "string", "doc": "Who." },',
    );
    expect(added).toEqual(['error QueuePaused by REQUIRED_FIELD_ADDED', 'note QueuePaused  UNRELEASED_CHANGE']);
  });

  test('lets an optional field be added, and says that it is not released', () => {
    const optional = '"fields": [{ "name": "by", "type": ["null", "string"], "default": null, "doc": "Who." },';
    expect(after('QueuePaused.avsc', '"fields": [', optional)).toEqual(['note QueuePaused  UNRELEASED_CHANGE']);
  });

  test('does not mind another layout of the same schema', () => {
    expect(after('QueuePaused.avsc', '"fields": [', '"fields":\n [')).toEqual([]);
  });

  test('asks for documentation of every record, enum and field', () => {
    expect(after('TimePassed.avsc', /"doc": "Vouches[^"]*",/, '')).toContain('error TimePassed  UNDOCUMENTED');
    expect(after('QueueConfigured.avsc', /"doc": "Most entries called[^"]*"/, '"doc": ""')).toContain(
      'error QueueConfigured policy.admissionsPerMinute UNDOCUMENTED',
    );
  });

  test('asks for a default of every enum', () => {
    const bare = after('QueueConfigured.avsc', '["reject", "draw"], "default": "reject"', '["reject", "draw"]');
    expect(bare).toContain('error QueueConfigured policy.beforeOpening ENUM_WITHOUT_DEFAULT');
  });

  test('refuses a record that is not named as its file, or lies in another namespace', () => {
    expect(after('QueueClosed.avsc', 'concert.queue', 'concert.shop')).toContain(
      'error QueueClosed  NAME_IS_NOT_FILE_NAME',
    );
  });

  test('refuses what is no schema', () => {
    expect(after('QueueClosed.avsc', '"string"', '"strin"')).toContain('error QueueClosed  INVALID_SCHEMA');
  });

  test('refuses a change to a released file, even one without effect', () => {
    const edited = after('released/DrawHeld.v1.avsc', '"doc": "The opening draw', '"doc": "An opening draw');
    expect(edited).toContain('error DrawHeld  RELEASED_FILE_CHANGED');
  });

  test('misses a released file that is gone, and one that was never released', () => {
    const name = new URL('released/DrawHeld.v2.avsc', directory);
    cpSync(new URL('DrawHeld.avsc', directory), name);
    rmSync(new URL('released/TimePassed.v1.avsc', directory));
    const findings = checkSchemas({ directory }).map(({ record, rule }) => `${record} ${rule}`);
    rmSync(name);
    expect(findings).toEqual([
      'TimePassed UNRELEASED_CHANGE',
      'TimePassed RELEASED_FILE_MISSING',
      'DrawHeld RELEASED_FILE_UNLISTED',
    ]);
  });

  test('refuses to lose an event that was released', () => {
    rmSync(new URL('QueueResumed.avsc', directory));
    expect(checkSchemas({ directory }).map(formatFinding)).toEqual([
      'error: QueueResumed: RECORD_REMOVED: it was released, so it stands in logs',
    ]);
  });
});
