/** Worker thread that writes the log, so that the event loop of the server does not wait for the disk. */
import { parentPort, workerData } from 'node:worker_threads';
import { openUnchecked } from './log-file.ts';
import { FORMAT, rowOf } from './log-format.ts';
import { messageOf, temporaryCause } from './sqlite-error.ts';
import { type PackedBatch, unpack, type WriteResult } from './write-batch.ts';

const { path } = workerData as { readonly path: string }; // set by log-writer.ts
const database = openUnchecked(path);
const inserts = {
  record: database.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)'),
  dead_letter: database.prepare('INSERT INTO dead_letter VALUES (?, ?, ?, ?, ?, ?, ?)'),
};

parentPort?.on('message', (batch: PackedBatch | 'close') => {
  if (batch === 'close') {
    database.close();
    parentPort?.close();
  } else parentPort?.postMessage(write(batch));
});

function write(batch: PackedBatch): WriteResult {
  try {
    database.exec('BEGIN IMMEDIATE');
    for (const [stream, record] of unpack(batch)) inserts[stream].run(...rowOf(record));
    if (batch.records.length === 0) database.exec(`PRAGMA user_version = ${FORMAT}`); // the same value: only to write a page
    database.exec('COMMIT');
    return { is: 'written' };
  } catch (error) {
    return failure(error);
  }
}

/** A full disk and a locked file are temporary. After any other error, the content of the disk is unknown. */
function failure(error: unknown): WriteResult {
  const isTemporary = temporaryCause(error) !== undefined && rolledBack();
  return { is: isTemporary ? 'rejected' : 'broken', reason: messageOf(error) };
}

/** SQLite may have rolled back the transaction by itself. */
function rolledBack(): boolean {
  try {
    if (database.isTransaction) database.exec('ROLLBACK');
    return true;
  } catch {
    return false; // the file can no longer be trusted
  }
}
