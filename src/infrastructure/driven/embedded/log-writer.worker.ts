/** The thread that writes the log, so that nobody waits for the disk but those whose records are on their way to it. */
import { parentPort, workerData } from 'node:worker_threads';
import { openUnchecked } from './log-file.ts';
import { FORMAT, rowOf } from './log-format.ts';
import { messageOf, temporaryCause } from './sqlite-error.ts';
import { type PackedBatch, unpack, type WriteResult } from './write-batch.ts';

const { path } = workerData as { readonly path: string }; // given by log-writer.ts
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
    if (batch.records.length === 0) database.exec(`PRAGMA user_version = ${FORMAT}`); // what it was: only to write a page
    database.exec('COMMIT');
    return { is: 'written' };
  } catch (error) {
    return refusal(error);
  }
}

/** A disk that is full, or a file that is locked, may be better soon. After any other failure nobody knows what the disk holds. */
function refusal(error: unknown): WriteResult {
  const isTransient = temporaryCause(error) !== undefined && rolledBack();
  return { is: isTransient ? 'refused' : 'broken', reason: messageOf(error) };
}

/** SQLite may have ended the transaction by itself. */
function rolledBack(): boolean {
  try {
    if (database.isTransaction) database.exec('ROLLBACK');
    return true;
  } catch {
    return false; // the answer: then the file is not to be trusted
  }
}
