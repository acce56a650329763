import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FatalError, QueueError } from '../../../application/errors.ts';
import { APPLICATION_ID, FORMAT, TABLES } from './log-format.ts';
import { messageOf, temporaryCause } from './sqlite-error.ts';

const MAGIC = 'SQLite format 3\0';
/** Where a database file names the application that it belongs to: https://www.sqlite.org/fileformat.html#application_id */
const APPLICATION_ID_AT = 68;
/** Whoever finds the file locked waits so long: another process may be looking at it. */
const BUSY_MS = 5_000;
/** Shorter where it holds up everything that a server does, its answer to whether it lives included: it tries again anyway. */
const BUSY_AT_START_MS = 250;

/** What a log file must be for a process that opens it. */
export interface LogIdentity {
  readonly topic: string;
  readonly partitions: number;
}

/**
 * Opens the log for writing, and creates it where there is none. What an earlier process left in the write-ahead log is moved
 * into the file, and synced, before anything is read of it.
 *
 * @throws FatalError in one line for a file that is not a log, or not a whole one, or not this log; QueueError `LOG_UNAVAILABLE`
 *   while the disk is full or somebody holds the file
 */
export function openForWriting(path: string, identity: LogIdentity): DatabaseSync {
  return withLogErrors(path, () => {
    if (!existsSync(path)) create(path, identity);
    return preparedAndChecked(openUnchecked(path), path, identity, (database) => {
      database.exec(`PRAGMA busy_timeout = ${BUSY_AT_START_MS}`);
      const moved = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      if (moved?.['busy'] !== 0) throw temporarilyUnavailable(path, 'somebody reads it, and it cannot be put in order');
    });
  });
}

/** Opens an existing log for reading alone, while another process may write it. @throws FatalError as above */
export function openForReading(path: string, identity: LogIdentity): DatabaseSync {
  return withLogErrors(path, () => {
    if (!existsSync(path)) throw new FatalError(`There is no log at ${path}: no server has run there yet.`);
    requireLogHeader(path);
    const database = new DatabaseSync(path, { readOnly: true });
    return preparedAndChecked(database, path, identity, () => database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`));
  });
}

/** For writing, by whoever has made sure already that it is a log: what is committed is on the disk (FULL). */
export function openUnchecked(path: string): DatabaseSync {
  requireLogHeader(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** In the words of an operator: which file, what is wrong with it. A disk without room, and a file that is held, may be better soon. */
export function toLogError(path: string, cause: unknown): FatalError | QueueError {
  if (temporaryCause(cause)) return temporarilyUnavailable(path, messageOf(cause), cause);
  return new FatalError(`The log at ${path} is damaged: ${messageOf(cause)}.`, { cause });
}

function temporarilyUnavailable(path: string, reason: string, cause?: unknown): QueueError {
  return new QueueError('LOG_UNAVAILABLE', `The log at ${path} cannot be used now: ${reason}.`, { cause });
}

/** Under another name until it is whole, so that a process that dies meanwhile leaves no half of a log. */
function create(path: string, { topic, partitions }: LogIdentity): void {
  const folder = dirname(path);
  const unfinished = `${path}.new`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const left of [unfinished, `${unfinished}-journal`, `${unfinished}-wal`, `${unfinished}-shm`])
    rmSync(left, { force: true });
  const database = new DatabaseSync(unfinished);
  try {
    database.exec(`BEGIN; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}; ${TABLES}`);
    const put = database.prepare('INSERT INTO log VALUES (?, ?)');
    put.run('topic', topic);
    put.run('partitions', `${partitions}`);
    database.exec('COMMIT; PRAGMA journal_mode = WAL');
  } finally {
    database.close();
  }
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
  const entry = openSync(folder, 'r');
  fsyncSync(entry);
  closeSync(entry);
}

function preparedAndChecked(
  database: DatabaseSync,
  path: string,
  identity: LogIdentity,
  prepare: (database: DatabaseSync) => void,
): DatabaseSync {
  try {
    prepare(database);
    check(database, path, identity);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: DatabaseSync, path: string, { topic, partitions }: LogIdentity): void {
  const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name];
  const format = pragma('user_version');
  if (format !== FORMAT)
    throw new FatalError(`The log at ${path} is of format ${String(format)}; this version reads format ${FORMAT}.`);
  const rows = database.prepare('SELECT name, value FROM log').all();
  const found = new Map(rows.map(({ name, value }) => [name, String(value)]));
  if (found.get('topic') !== topic) throw notALog(path);
  const stored = found.get('partitions') ?? 'no';
  if (stored !== `${partitions}`)
    throw new FatalError(`The log at ${path} has ${stored} partitions, QUEUE_PARTITIONS says ${partitions}.`);
}

/** Before SQLite looks at it: what is not its own, it may call by many names, and what is somebody else's it would put in order. */
function requireLogHeader(path: string): void {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(APPLICATION_ID_AT + 4);
    readSync(file, header);
    if (!header.toString('latin1').startsWith(MAGIC)) throw notALog(path);
    if (header.readInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) throw notALog(path);
  } finally {
    closeSync(file);
  }
}

function notALog(path: string): FatalError {
  return new FatalError(`${path} is not a log of concert-queue, or only a part of one; it is left as it is.`);
}

function withLogErrors<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw error instanceof FatalError || error instanceof QueueError ? error : toLogError(path, error);
  }
}
