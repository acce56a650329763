import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FatalError } from '../../../application/errors.ts';
import { LocalLog, type LocalLogSettings } from './local-log.ts';

const RECORDS = 400;
const IDENTITY = { topic: 'queue.entry', partitions: 2 };

describe('the log file', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'log-file-'));
    await withLog(IDENTITY, async (log) => {
      path = log.path;
      const records = Array.from({ length: RECORDS }, (_, number) => ({
        key: Buffer.from(`fan-${number}:rush`),
        value: Buffer.alloc(50, number),
      }));
      await log.writer.write('record', 1, records);
    });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function withLog<T>(identity: Partial<LocalLogSettings>, work: (log: LocalLog) => Promise<T> | T): Promise<T> {
    const log = new LocalLog({ directory, ...IDENTITY, ...identity });
    log.open();
    try {
      return await work(log);
    } finally {
      await log.close();
    }
  }
  const read = (log: LocalLog) => log.stream('record').read(1, 0, RECORDS);
  function fatalMessageOf(open: () => void): string {
    try {
      open();
    } catch (error) {
      if (error instanceof FatalError) return error.message;
      throw error;
    }
    return 'nothing';
  }
  const edit = (sql: string) => () => {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  };

  const recreate = (sql: string) => () => {
    rmSync(path);
    edit(sql)();
  };

  test.each<[string, () => void, RegExp]>([
    ['another file', () => writeFileSync(path, 'SQL, lies and videotape'.repeat(400)), /is not a log of concert-queue/],
    ['an empty file', () => writeFileSync(path, ''), /is not a log of concert-queue/],
    ['the database of another application', edit('PRAGMA application_id = 7'), /is not a log of concert-queue/],
    [
      'the database of another application without a write-ahead log',
      recreate('CREATE TABLE theirs (name TEXT)'),
      /is not a log of concert-queue/,
    ],
    ['the log of another topic', edit("UPDATE log SET value = 'x' WHERE name = 'topic'"), /is not a log of concert-q/],
    ['half of a log', () => truncateSync(path, Math.floor(readFileSync(path).length / 8192) * 4096), /is damaged/],
    ['a later format', edit('PRAGMA user_version = 2'), /is of format 2; this version reads format 1/],
  ])('is rejected with a one-line message and not changed when it is %s', (_, damage, words) => {
    damage();
    const before = readFileSync(path);
    for (const how of ['open', 'openForReading'] as const) {
      const message = fatalMessageOf(() => new LocalLog({ directory, ...IDENTITY })[how]());
      expect(message).toMatch(words);
      expect(message).not.toContain('\n');
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is rejected when it has another number of partitions', () => {
    const other = new LocalLog({ directory, ...IDENTITY, partitions: 3 });
    expect(fatalMessageOf(() => other.open())).toMatch(/has 2 partitions, QUEUE_PARTITIONS says 3/);
  });

  test('returns no record with a changed byte, and none after a gap', async () => {
    edit('DELETE FROM record WHERE offset = 90')();
    expect(await withLog({}, (log) => fatalMessageOf(() => read(log)))).toMatch(/offset 90 of partition 1 is missing/);
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('fan-70:'); at >= 0; at = bytes.indexOf('fan-70:')) bytes[at] = bytes.readUInt8(at) ^ 1;
    writeFileSync(path, bytes);
    expect(await withLog({}, (log) => fatalMessageOf(() => read(log)))).toMatch(
      /offset 70 of partition 1 is not what was written/,
    );
  });

  test('is created over the files that a crash during creation left behind', async () => {
    const topic = 'second.queue.entry';
    const half = readFileSync(path).subarray(0, 5_000);
    for (const left of ['new', 'new-journal', 'new-wal'])
      writeFileSync(join(directory, `${topic}.sqlite.${left}`), half);
    await withLog({ topic }, (log) => expect(log.writer.end('record', 1)).toBe(0));
    await withLog({}, (log) => expect(read(log)).toHaveLength(RECORDS));
  });

  test('can be read while its one writer has it open', async () => {
    await withLog({}, async (log) => {
      const other = new LocalLog({ directory, ...IDENTITY });
      expect(fatalMessageOf(() => other.open())).toMatch(
        `Another server (process ${process.pid}) uses the DATA_DIRECTORY`,
      );
      other.openForReading();
      await log.writer.write('record', 1, [{ key: null, value: null }]);
      expect(other.stream('record').end(1).next).toBe(RECORDS + 1);
      await other.close();
    });
  });

  test('cannot be opened for writing while a reader blocks the checkpoint of its write-ahead log', async () => {
    const reader = new DatabaseSync(path, { readOnly: true });
    // A log that is closed while a reader is open keeps its write-ahead log, as after a crash of the server.
    await withLog({}, async (log) => {
      await log.writer.write('record', 1, [{ key: null, value: null }]);
      reader.exec('BEGIN');
      reader.prepare('SELECT count(*) FROM record').get();
    });
    const other = new LocalLog({ directory, ...IDENTITY });
    expect(() => other.open()).toThrow(
      expect.objectContaining({
        code: 'LOG_UNAVAILABLE',
        message: `The log at ${path} cannot be used now: another process reads it.`,
      }),
    );
    reader.close();
    await withLog({}, (log) => expect(log.writer.end('record', 1)).toBe(RECORDS + 1));
  });

  test('cannot be opened for reading before a server has run', () => {
    const other = new LocalLog({ directory, ...IDENTITY, topic: 'other' });
    expect(fatalMessageOf(() => other.openForReading())).toMatch(/There is no log at .*: no server has run there yet/);
  });
});
