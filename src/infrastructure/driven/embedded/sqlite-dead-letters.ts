import { deadLetterHeaders, originOf } from '../../../application/event-log/dead-letter-headers.ts';
import { correctionHeaders } from '../../../application/event-log/time-corrections.ts';
import type {
  DeadLetterCause,
  DeadLetters,
  TimeCorrection,
  TimeCorrections,
} from '../../../application/ports/dead-letters.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { LogTime, Offset } from '../../../domain/types.ts';
import type { LocalLog } from './local-log.ts';
import { SqliteLogReader } from './sqlite-log-reader.ts';
import { storedCorrections } from './stored-corrections.ts';

/** Dead letters in a separate table of the log file, each in the same partition as its record. */
export class SqliteDeadLetters implements DeadLetters {
  readonly #reader: SqliteLogReader;

  constructor(private readonly log: LocalLog) {
    this.#reader = new SqliteLogReader(log, 'dead_letter');
  }

  async add(record: LogRecord, cause: DeadLetterCause): Promise<void> {
    const { partition, key, value } = record;
    const headers = deadLetterHeaders(this.log.topic, record, cause);
    await this.log.writer.write('dead_letter', partition, [{ key, value, headers }]);
  }

  async of(partition: number): Promise<ReadonlyMap<Offset, LogTime>> {
    const timestamps = new Map<Offset, LogTime>();
    for await (const deadLetters of this.#reader.read(partition, 0, Number.MAX_SAFE_INTEGER)) {
      for (const deadLetter of deadLetters) {
        const origin = originOf(this.log.topic, deadLetter);
        if (origin) timestamps.set(origin.offset, origin.timestamp);
      }
    }
    return timestamps;
  }

  async correctTimes(partition: number, corrections: readonly TimeCorrection[]): Promise<void> {
    const records = corrections.map((correction) => ({
      key: null,
      value: null,
      headers: correctionHeaders(this.log.topic, partition, correction),
    }));
    await this.log.writer.write('dead_letter', partition, records);
  }

  async timeCorrections(partition: number): Promise<TimeCorrections> {
    return storedCorrections(this.log.stream('dead_letter'), this.log.topic, partition);
  }
}
