/** Disk errors: triggers created by another connection make SQLite fail. */
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
  fingerprintOf: () => '',
  decode: () => {
    throw new Error('not used: these tests read bytes');
  },
};

/** The third record of a transaction fails with SQLITE_FULL, as on a full disk, and SQLite rolls back the transaction. */
const FULL = `
  CREATE TABLE room (id INTEGER PRIMARY KEY AUTOINCREMENT);
  INSERT INTO room VALUES (9223372036854775805);
  CREATE TRIGGER disk_fault AFTER INSERT ON record BEGIN INSERT INTO room VALUES (NULL); END`;
/** Every insert succeeds and the commit fails. */
const FAILED_COMMIT = `
  CREATE TABLE unresolved (name TEXT REFERENCES log (name) DEFERRABLE INITIALLY DEFERRED);
  CREATE TRIGGER disk_fault AFTER INSERT ON record BEGIN INSERT INTO unresolved VALUES ('unknown'); END`;

describe('the local log, when the disk fails', () => {
  const directories: string[] = [];
  let file: LocalLog;
  let log: SqliteEventLog;

  beforeEach(() => {
    directories.push(mkdtempSync(join(tmpdir(), 'disk-faults-')));
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
  function execute(sql: string): void {
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
  const unavailable = expect.objectContaining({
    status: 'rejected',
    reason: expect.objectContaining({ code: 'LOG_UNAVAILABLE' }),
  });

  test('rejects appends on a full disk without keeping any of them, and continues when there is space', async () => {
    await append('ann');
    execute(FULL);
    expect(await Promise.allSettled(['bo', 'cy', 'di'].map(append))).toEqual([unavailable, unavailable, unavailable]);
    expect(users()).toEqual(['ann:c']);
    expect(await log.isWritable()).toBe(true);
    execute('DROP TRIGGER disk_fault');
    expect(await append('bo')).toMatchObject({ offset: 1 });
    expect(users()).toEqual(['ann:c', 'bo:c']);
  });

  test('rejects all appends after a failed commit, reports it once, and has every acknowledged record when opened again', async () => {
    const broken = new Promise<FatalError>((onBroken) =>
      file.writer.setListener({ onWritten: () => undefined, onWritableChange: () => undefined, onBroken }),
    );
    await append('ann');
    execute(FAILED_COMMIT);
    expect(await Promise.allSettled(['bo', 'cy'].map(append))).toEqual([unavailable, unavailable]);
    expect((await broken).message).toMatch(/could not be written, and it is unknown .*: FOREIGN KEY/);
    expect(await log.isWritable()).toBe(false);
    await expect(append('di')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await file.close();
    open();
    execute('DROP TRIGGER disk_fault');
    expect(users()).toEqual(['ann:c']);
    expect(await append('bo')).toMatchObject({ offset: 1 });
  });
});
