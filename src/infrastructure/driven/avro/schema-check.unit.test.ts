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

/** Changes one file of the copy. @returns the findings of the check */
function findingsAfter(file: string, from: string | RegExp, to: string): string[] {
  const path = new URL(file, directory);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace(from, to));
  expect(readFileSync(path, 'utf8')).not.toBe(before);
  return checkSchemas({ directory }).map(
    (finding) => `${finding.severity} ${finding.record} ${finding.field} ${finding.rule}`,
  );
}

describe('the schemas of the project', () => {
  test('are compatible with all released versions', () => {
    expect(hasErrors(checkSchemas())).toBe(false);
  });
});

describe('the schema check', () => {
  test('rejects a removed field', () => {
    const removed = findingsAfter('QueueEntryRequested.avsc', /,\s*\{\s*"name": "entryId"[^}]*\}/, '');
    expect(removed).toContain('error QueueEntryRequested entryId FIELD_REMOVED');
  });

  test('rejects a changed type', () => {
    const changed = findingsAfter('EntriesAdmitted.avsc', /(?<="through",\s*)"type": "long"/, '"type": "string"');
    expect(changed).toContain('error EntriesAdmitted through TYPE_CHANGED');
  });

  test('rejects a removed enum symbol, although the enum has a default', () => {
    const removed = findingsAfter('QueueConfigured.avsc', '["reject", "draw"]', '["reject"]');
    expect(removed).toContain('error QueueConfigured policy.beforeOpening ENUM_SYMBOL_REMOVED');
  });

  test('rejects an added field without a default', () => {
    const added = findingsAfter(
      'QueuePaused.avsc',
      '"fields": [',
      '"fields": [{ "name": "by", "type": "string", "doc": "Who." },',
    );
    expect(added).toEqual(['error QueuePaused by REQUIRED_FIELD_ADDED', 'note QueuePaused  UNRELEASED_CHANGE']);
  });

  test('accepts an added optional field, and notes that it is not released', () => {
    const optional = '"fields": [{ "name": "by", "type": ["null", "string"], "default": null, "doc": "Who." },';
    expect(findingsAfter('QueuePaused.avsc', '"fields": [', optional)).toEqual(['note QueuePaused  UNRELEASED_CHANGE']);
  });

  test('accepts another layout of the same schema', () => {
    expect(findingsAfter('QueuePaused.avsc', '"fields": [', '"fields":\n [')).toEqual([]);
  });

  test('requires documentation of every record, enum and field', () => {
    expect(findingsAfter('TimePassed.avsc', /"doc": "Vouches[^"]*",/, '')).toContain('error TimePassed  UNDOCUMENTED');
    expect(findingsAfter('QueueConfigured.avsc', /"doc": "Most entries called[^"]*"/, '"doc": ""')).toContain(
      'error QueueConfigured policy.admissionsPerMinute UNDOCUMENTED',
    );
  });

  test('requires a default of every enum', () => {
    const bare = findingsAfter('QueueConfigured.avsc', '["reject", "draw"], "default": "reject"', '["reject", "draw"]');
    expect(bare).toContain('error QueueConfigured policy.beforeOpening ENUM_WITHOUT_DEFAULT');
  });

  test('rejects a record that is not named as its file, or has another namespace', () => {
    expect(findingsAfter('QueueClosed.avsc', 'concert.queue', 'concert.shop')).toContain(
      'error QueueClosed  NAME_IS_NOT_FILE_NAME',
    );
  });

  test('rejects an invalid schema', () => {
    expect(findingsAfter('QueueClosed.avsc', '"string"', '"strin"')).toContain('error QueueClosed  INVALID_SCHEMA');
  });

  test('rejects a change to a released file, even one without effect', () => {
    const edited = findingsAfter('released/DrawHeld.v1.avsc', '"doc": "The opening draw', '"doc": "An opening draw');
    expect(edited).toContain('error DrawHeld  RELEASED_FILE_CHANGED');
  });

  test('reports a missing released file and an unlisted one', () => {
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

  test('rejects the removal of a released event', () => {
    rmSync(new URL('QueueResumed.avsc', directory));
    expect(checkSchemas({ directory }).map(formatFinding)).toEqual([
      'error: QueueResumed: RECORD_REMOVED: it was released, so logs contain it',
    ]);
  });
});
