import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FatalError } from '../../../application/errors.ts';
import { LocalLog, type LocalLogSettings } from './local-log.ts';

const RECORDS = 400;
const IDENTITY = { topic: 'queue.entry', partitions: 2 };

describe('the file of a log', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'log-file-'));
    await using(IDENTITY, async (log) => {
      path = log.path;
      const records = Array.from({ length: RECORDS }, (_, number) => ({
        key: Buffer.from(`fan-${number}:rush`),
        value: Buffer.alloc(50, number),
      }));
      await log.writer.write('record', 1, records);
    });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function using<T>(identity: Partial<LocalLogSettings>, work: (log: LocalLog) => Promise<T> | T): Promise<T> {
    const log = new LocalLog({ directory, ...IDENTITY, ...identity });
    log.open();
    try {
      return await work(log);
    } finally {
      await log.close();
    }
  }
  const read = (log: LocalLog) => log.stream('record').read(1, 0, RECORDS);
  function said(open: () => void): string {
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

  const anew = (sql: string) => () => {
    rmSync(path);
    edit(sql)();
  };

  test.each<[string, () => void, RegExp]>([
    ['another file', () => writeFileSync(path, 'SQL, lies and videotape'.repeat(400)), /is not a log of concert-queue/],
    ['a file without a byte', () => writeFileSync(path, ''), /is not a log of concert-queue/],
    ["somebody else's database", edit('PRAGMA application_id = 7'), /is not a log of concert-queue/],
    [
      "somebody else's, with a journal of another kind",
      anew('CREATE TABLE theirs (name TEXT)'),
      /is not a log of concert-queue/,
    ],
    ['the log of another topic', edit("UPDATE log SET value = 'x' WHERE name = 'topic'"), /is not a log of concert-q/],
    ['half of a log', () => truncateSync(path, Math.floor(readFileSync(path).length / 8192) * 4096), /is damaged/],
    ['a later format', edit('PRAGMA user_version = 2'), /is of format 2; this version reads format 1/],
  ])('is refused in one line when it is %s, and left as it is', (_, damage, words) => {
    damage();
    const before = readFileSync(path);
    for (const how of ['open', 'openForReading'] as const) {
      const told = said(() => new LocalLog({ directory, ...IDENTITY })[how]());
      expect(told).toMatch(words);
      expect(told).not.toContain('\n');
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is refused for another number of partitions', () => {
    const other = new LocalLog({ directory, ...IDENTITY, partitions: 3 });
    expect(said(() => other.open())).toMatch(/has 2 partitions, QUEUE_PARTITIONS says 3/);
  });

  test('gives no record in which a byte has changed, and none after a gap', async () => {
    edit('DELETE FROM record WHERE offset = 90')();
    expect(await using({}, (log) => said(() => read(log)))).toMatch(/offset 90 of partition 1 is missing/);
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('fan-70:'); at >= 0; at = bytes.indexOf('fan-70:')) bytes[at] = bytes.readUInt8(at) ^ 1;
    writeFileSync(path, bytes);
    expect(await using({}, (log) => said(() => read(log)))).toMatch(/offset 70 of partition 1 is not what was written/);
  });

  test('is made anew over what a process that died while it made one left behind', async () => {
    const topic = 'second.queue.entry';
    const half = readFileSync(path).subarray(0, 5_000);
    for (const left of ['new', 'new-journal', 'new-wal'])
      writeFileSync(join(directory, `${topic}.sqlite.${left}`), half);
    await using({ topic }, (log) => expect(log.writer.end('record', 1)).toBe(0));
    await using({}, (log) => expect(read(log)).toHaveLength(RECORDS));
  });

  test('has one writer, and readers beside it', async () => {
    await using({}, async (log) => {
      const other = new LocalLog({ directory, ...IDENTITY });
      expect(said(() => other.open())).toMatch(`Another server (process ${process.pid}) uses the DATA_DIRECTORY`);
      other.openForReading();
      await log.writer.write('record', 1, [{ key: null, value: null }]);
      expect(other.stream('record').end(1).next).toBe(RECORDS + 1);
      await other.close();
    });
  });

  test('is not begun on while somebody reads what was in it before, and whole when they have let go', async () => {
    const reader = new DatabaseSync(path, { readOnly: true });
    // Closed beside a reader, the log leaves in its write-ahead log what a server that is killed leaves there.
    await using({}, async (log) => {
      await log.writer.write('record', 1, [{ key: null, value: null }]);
      reader.exec('BEGIN');
      reader.prepare('SELECT count(*) FROM record').get();
    });
    const other = new LocalLog({ directory, ...IDENTITY });
    expect(() => other.open()).toThrow(
      expect.objectContaining({
        code: 'LOG_UNAVAILABLE',
        message: `The log at ${path} cannot be used now: somebody reads it, and it cannot be put in order.`,
      }),
    );
    reader.close();
    await using({}, (log) => expect(log.writer.end('record', 1)).toBe(RECORDS + 1));
  });

  test('is not there to be read before a server has run', () => {
    const other = new LocalLog({ directory, ...IDENTITY, topic: 'other' });
    expect(said(() => other.openForReading())).toMatch(/There is no log at .*: no server has run there yet/);
  });
});
