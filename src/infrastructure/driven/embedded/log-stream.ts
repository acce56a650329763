import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FatalError } from '../../../application/errors.ts';
import { logTimeOf } from '../../../application/event-log/time-corrections.ts';
import type { TimeCorrections } from '../../../application/ports/dead-letters.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { LogTime, Offset } from '../../../domain/types.ts';
import { toLogError } from './log-file.ts';
import { type LogRow, recordOf, type Stream } from './log-format.ts';

/** The end of a partition. */
export interface StreamEnd {
  /** Offset of the next record. */
  readonly next: Offset;
}

/** Reads one stream of a log file. Verifies every record; a damaged one ends the process. */
export class LogStream {
  readonly #path: string;
  readonly #read: StatementSync;
  readonly #last: StatementSync;
  readonly #newest: StatementSync;

  constructor(database: DatabaseSync, path: string, stream: Stream) {
    this.#path = path;
    this.#read = database.prepare(
      `SELECT * FROM ${stream} WHERE partition = ? AND offset >= ? ORDER BY offset LIMIT ?`,
    );
    this.#read.setReturnArrays(true);
    this.#last = database.prepare(`SELECT offset FROM ${stream} WHERE partition = ? ORDER BY offset DESC LIMIT 1`);
    this.#newest = database.prepare(`SELECT offset, stamp FROM ${stream} WHERE partition = ? ORDER BY offset DESC`);
  }

  /** @throws FatalError when the file is damaged */
  end(partition: number): StreamEnd {
    return this.#checked(() => {
      const last = this.#last.get(partition);
      return { next: last ? Number(last['offset']) + 1 : 0 };
    });
  }

  /**
   * The timestamp of the newest record that has an uncorrected one, at most `limit`; 0: there is none.
   * @throws FatalError when the file is damaged
   */
  newestTimestamp(partition: number, limit: LogTime, corrections: TimeCorrections): LogTime {
    return this.#checked(() => {
      for (const row of this.#newest.iterate(partition)) {
        const [offset, timestamp] = [Number(row['offset']), Number(row['stamp'])];
        if (timestamp <= limit && logTimeOf({ offset, timestamp }, corrections) === timestamp) return timestamp;
      }
      return 0;
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
