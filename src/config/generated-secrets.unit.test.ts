import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { generatedSecrets } from './generated-secrets.ts';
import { LONG, place, read, refusal } from './settings.fixtures.ts';
import { readSettings } from './settings.ts';

describe('generated secrets', () => {
  test('are the same at the next start, and for their owner only', () => {
    const environment = { DATA_DIRECTORY: place('twice', 'deep') };
    const first = readSettings(environment).secrets;
    expect(readSettings(environment).secrets).toEqual(first);
    expect(readSettings({ ...environment, ENTRY_AUTH: 'service' }).secrets.serviceToken).toMatch(/^[\w-]{43}$/);
    expect(first.entryTokens[0]).not.toBe(first.draws[0]);
    expect(first.admissionKeys[0]).toContain('BEGIN PRIVATE KEY');
    const file = join(environment.DATA_DIRECTORY, 'secrets.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toContain('ADMIN_TOKEN');
  });

  test('give way to what the environment says', () => {
    expect(read({ ADMIN_TOKEN: LONG }).secrets.adminToken).toBe(LONG);
  });

  test('are agreed upon by two processes that start at once', () => {
    const shared = place('race');
    // The second start happens in the middle of the first: after it saw that there is no file, before it wrote one.
    let second: Readonly<Record<string, string>> | undefined;
    const first = generatedSecrets(shared, ['ADMIN_TOKEN'], () => {
      second ??= generatedSecrets(shared, ['ADMIN_TOKEN'], () => 'of the second');
      return 'of the first';
    });
    expect(second).toEqual({ ADMIN_TOKEN: 'of the second' });
    expect(first).toEqual(second);
  });

  test('are refused when their file is damaged, without quoting it', () => {
    const damaged = mkdtempSync(place('damaged-'));
    writeFileSync(join(damaged, 'secrets.json'), '{"ADMIN_TOKEN": hunter2}');
    const message = refusal(() => readSettings({ DATA_DIRECTORY: damaged }));
    expect(message).toContain('secrets.json');
    expect(message).not.toContain('hunter2');
  });

  test('are refused when their folder cannot be written', () => {
    const file = place('a-file');
    writeFileSync(file, '');
    for (const directory of [file, join(file, 'below')])
      expect(refusal(() => readSettings({ DATA_DIRECTORY: directory }))).toMatch(
        `DATA_DIRECTORY ${directory} cannot keep secrets.json: E`,
      );
  });

  test('are not written for a process that will not start', () => {
    const untouched = place('untouched');
    refusal(() => readSettings({ DATA_DIRECTORY: untouched, PORT: 'x' }));
    expect(() => statSync(untouched)).toThrow();
  });
});
