import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { generatedSecrets } from './generated-secrets.ts';
import { LONG_SECRET, read, rejection, testPath } from './settings.fixtures.ts';
import { readSettings } from './settings.ts';

describe('generated secrets', () => {
  test('are the same at the next start, in a file with mode 0600', () => {
    const environment = { DATA_DIRECTORY: testPath('twice', 'deep') };
    const first = readSettings(environment).secrets;
    expect(readSettings(environment).secrets).toEqual(first);
    expect(readSettings({ ...environment, ENTRY_AUTH: 'service' }).secrets.serviceToken).toMatch(/^[\w-]{43}$/);
    expect(first.entryTokens[0]).not.toBe(first.draws[0]);
    expect(first.admissionKeys[0]).toContain('BEGIN PRIVATE KEY');
    const file = join(environment.DATA_DIRECTORY, 'secrets.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toContain('ADMIN_TOKEN');
  });

  test('are overridden by the environment', () => {
    expect(read({ ADMIN_TOKEN: LONG_SECRET }).secrets.adminToken).toBe(LONG_SECRET);
  });

  test('are the same in two processes that start at once', () => {
    const shared = testPath('race');
    // The second start runs after the first one found no file and before it wrote one.
    let second: Readonly<Record<string, string>> | undefined;
    const first = generatedSecrets(shared, ['ADMIN_TOKEN'], () => {
      second ??= generatedSecrets(shared, ['ADMIN_TOKEN'], () => 'second');
      return 'first';
    });
    expect(second).toEqual({ ADMIN_TOKEN: 'second' });
    expect(first).toEqual(second);
  });

  test('are rejected if the file is damaged, without quoting it', () => {
    const damaged = mkdtempSync(testPath('damaged-'));
    writeFileSync(join(damaged, 'secrets.json'), '{"ADMIN_TOKEN": hunter2}');
    const message = rejection(() => readSettings({ DATA_DIRECTORY: damaged }));
    expect(message).toContain('secrets.json');
    expect(message).not.toContain('hunter2');
  });

  test('are rejected if the directory is not writable', () => {
    const file = testPath('a-file');
    writeFileSync(file, '');
    for (const directory of [file, join(file, 'below')])
      expect(rejection(() => readSettings({ DATA_DIRECTORY: directory }))).toMatch(
        `DATA_DIRECTORY ${directory} cannot store secrets.json: E`,
      );
  });

  test('are not written by a command that only reads, which uses those of the file', () => {
    const untouched = testPath('read-only');
    expect(readSettings({ DATA_DIRECTORY: untouched }, false).secrets.adminToken).not.toBe('');
    expect(() => statSync(untouched)).toThrow();
    const stored = readSettings({ DATA_DIRECTORY: untouched }).secrets;
    expect(readSettings({ DATA_DIRECTORY: untouched }, false).secrets).toEqual(stored);
  });

  test('are not written with invalid settings', () => {
    const untouched = testPath('untouched');
    rejection(() => readSettings({ DATA_DIRECTORY: untouched, PORT: 'x' }));
    expect(() => statSync(untouched)).toThrow();
  });
});
