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
/** Position of the application id in a database file: https://www.sqlite.org/fileformat.html#application_id */
const APPLICATION_ID_AT = 68;
/** Wait time for a locked file: another process may be reading it. */
const BUSY_MS = 5_000;
/** Shorter at startup, where waiting blocks the event loop and with it the health endpoint. The server retries. */
const BUSY_AT_START_MS = 250;

/** The identity that a log file must have to be opened. */
export interface LogIdentity {
  readonly topic: string;
  readonly partitions: number;
}

/**
 * Opens the log for writing; creates it if it does not exist. First moves the write-ahead log of an earlier process into the file.
 *
 * @throws FatalError with a one-line message for a file that is not a log, is damaged, or is another log; QueueError
 *   `LOG_UNAVAILABLE` while the disk is full or another process locks the file
 */
export function openForWriting(path: string, identity: LogIdentity): DatabaseSync {
  return withLogErrors(path, () => {
    if (!existsSync(path)) create(path, identity);
    return preparedAndChecked(openUnchecked(path), path, identity, (database) => {
      database.exec(`PRAGMA busy_timeout = ${BUSY_AT_START_MS}`);
      const checkpoint = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      if (checkpoint?.['busy'] !== 0) throw temporarilyUnavailable(path, 'another process reads it');
    });
  });
}

/** Opens an existing log read-only, even while another process writes it. @throws FatalError as above */
export function openForReading(path: string, identity: LogIdentity): DatabaseSync {
  return withLogErrors(path, () => {
    if (!existsSync(path)) throw new FatalError(`There is no log at ${path}: no server has run there yet.`);
    requireLogHeader(path);
    const database = new DatabaseSync(path, { readOnly: true });
    return preparedAndChecked(database, path, identity, () => database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`));
  });
}

/** Opens for writing a file that was checked before. Commits are synced to the disk (FULL). */
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

/** Converts an SQLite error. A full disk and a locked file are temporary; every other error means damage. */
export function toLogError(path: string, cause: unknown): FatalError | QueueError {
  if (temporaryCause(cause)) return temporarilyUnavailable(path, messageOf(cause), cause);
  return new FatalError(`The log at ${path} is damaged: ${messageOf(cause)}.`, { cause });
}

function temporarilyUnavailable(path: string, reason: string, cause?: unknown): QueueError {
  return new QueueError('LOG_UNAVAILABLE', `The log at ${path} cannot be used now: ${reason}.`, { cause });
}

/** Creates the log under a temporary name, so that a crash leaves no incomplete log. */
function create(path: string, { topic, partitions }: LogIdentity): void {
  const folder = dirname(path);
  const unfinished = `${path}.new`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const leftover of [unfinished, `${unfinished}-journal`, `${unfinished}-wal`, `${unfinished}-shm`])
    rmSync(leftover, { force: true });
  const database = new DatabaseSync(unfinished);
  try {
    database.exec(`BEGIN; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}; ${TABLES}`);
    const insert = database.prepare('INSERT INTO log VALUES (?, ?)');
    insert.run('topic', topic);
    insert.run('partitions', `${partitions}`);
    database.exec('COMMIT; PRAGMA journal_mode = WAL');
  } finally {
    database.close();
  }
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
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

/** Checks the header before SQLite opens the file: SQLite would report various errors, or modify a foreign database. */
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
  return new FatalError(`${path} is not a log of concert-queue, or an incomplete one; it was not changed.`);
}

function withLogErrors<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw error instanceof FatalError || error instanceof QueueError ? error : toLogError(path, error);
  }
}
