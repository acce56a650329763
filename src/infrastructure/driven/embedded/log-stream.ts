import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FatalError } from '../../../application/errors.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { LogTime, Offset } from '../../../domain/types.ts';
import { toLogError } from './log-file.ts';
import { type LogRow, recordOf, type Stream } from './log-format.ts';

/** The end of a partition. */
export interface StreamEnd {
  /** Offset of the next record. */
  readonly next: Offset;
  /** Timestamp of the last record; 0 before the first. */
  readonly timestamp: LogTime;
}

/** Reads one stream of a log file. Verifies every record; a damaged one ends the process. */
export class LogStream {
  readonly #path: string;
  readonly #read: StatementSync;
  readonly #last: StatementSync;

  constructor(database: DatabaseSync, path: string, stream: Stream) {
    this.#path = path;
    this.#read = database.prepare(
      `SELECT * FROM ${stream} WHERE partition = ? AND offset >= ? ORDER BY offset LIMIT ?`,
    );
    this.#read.setReturnArrays(true);
    this.#last = database.prepare(
      `SELECT offset, stamp FROM ${stream} WHERE partition = ? ORDER BY offset DESC LIMIT 1`,
    );
  }

  /** @throws FatalError when the file is damaged */
  end(partition: number): StreamEnd {
    return this.#checked(() => {
      const last = this.#last.get(partition);
      return last ? { next: Number(last['offset']) + 1, timestamp: Number(last['stamp']) } : { next: 0, timestamp: 0 };
    });
  }

  /** At most `limit` records from offset `from` on. @throws FatalError when the file is damaged or a record is missing */
  read(partition: number, from: Offset, limit: number): readonly LogRecord[] {
    return this.#checked(() => {
      const rows = this.#read.all(partition, from, limit) as unknown as readonly LogRow[]; // setReturnArrays in the constructor
      const records = rows.map(recordOf);
      const gap = records.findIndex(({ offset }, index) => offset !== from + index);
      if (gap >= 0) throw new Error(`offset ${from + gap} of partition ${partition} is missing`);
      return records;
    });
  }

  #checked<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof FatalError ? error : toLogError(this.#path, error);
    }
  }
}
