/** What the disk may do to a log: SQLite itself is made to fail, by what another connection puts behind each insert. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FatalError } from '../../../application/errors.ts';
import type { EventCodec } from '../../../application/ports/event-codec.port.ts';
import { LocalLog } from './local-log.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';

const json: EventCodec = {
  encode: (event) => Buffer.from(JSON.stringify(event)),
  decode: () => {
    throw new Error('these tests read bytes');
  },
};

/** The third record of a transaction finds no room: SQLITE_FULL, as from a disk; what is left over of it is rolled back. */
const FULL = `
  CREATE TABLE room (id INTEGER PRIMARY KEY AUTOINCREMENT);
  INSERT INTO room VALUES (9223372036854775805);
  CREATE TRIGGER bad_day AFTER INSERT ON record BEGIN INSERT INTO room VALUES (NULL); END`;
/** Every insert succeeds, and the commit fails. */
const FAILED_COMMIT = `
  CREATE TABLE owed (name TEXT REFERENCES log (name) DEFERRABLE INITIALLY DEFERRED);
  CREATE TRIGGER bad_day AFTER INSERT ON record BEGIN INSERT INTO owed VALUES ('nothing of the kind'); END`;

describe('the log in a file, on a bad day', () => {
  const directories: string[] = [];
  let file: LocalLog;
  let log: SqliteEventLog;

  beforeEach(() => {
    directories.push(mkdtempSync(join(tmpdir(), 'bad-day-')));
    open();
  });
  afterEach(async () => {
    await file.close();
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  });

  function open(): void {
    file = new LocalLog({ directory: directories[0] ?? '', topic: 'queue.entry', partitions: 1 });
    file.open();
    log = new SqliteEventLog(file, json);
  }
  function another(sql: string): void {
    const database = new DatabaseSync(file.path, { timeout: 5_000 });
    database.exec(sql);
    database.close();
  }
  const append = (userId: string) =>
    log.append({ type: 'QueueEntryRequested', concertId: 'c', userId, entryId: userId, occurredAt: 0 });
  const users = () =>
    file
      .stream('record')
      .read(0, 0, 100)
      .map(({ key }) => key?.toString());
  const refused = expect.objectContaining({
    status: 'rejected',
    reason: expect.objectContaining({ code: 'LOG_UNAVAILABLE' }),
  });

  test('refuses what finds no room, keeps nothing of it, and goes on when there is room', async () => {
    await append('ann');
    another(FULL);
    expect(await Promise.allSettled(['bo', 'cy', 'di'].map(append))).toEqual([refused, refused, refused]);
    expect(users()).toEqual(['ann:c']);
    expect(await log.isWritable()).toBe(true);
    another('DROP TRIGGER bad_day');
    expect(await append('bo')).toMatchObject({ offset: 1 });
    expect(users()).toEqual(['ann:c', 'bo:c']);
  });

  test('takes nothing more when a commit has failed, says so once, and has all it acknowledged when it is opened again', async () => {
    const broken = new Promise<FatalError>((onBroken) =>
      file.writer.setListener({ onWritten: () => undefined, onWritableChange: () => undefined, onBroken }),
    );
    await append('ann');
    another(FAILED_COMMIT);
    expect(await Promise.allSettled(['bo', 'cy'].map(append))).toEqual([refused, refused]);
    expect((await broken).message).toMatch(/could not be written, and nobody knows .*: FOREIGN KEY/);
    expect(await log.isWritable()).toBe(false);
    await expect(append('di')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await file.close();
    open();
    another('DROP TRIGGER bad_day');
    expect(users()).toEqual(['ann:c']);
    expect(await append('bo')).toMatchObject({ offset: 1 });
  });
});
