import type { LogTime, Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import { recordAt } from '../event-log/record-at.ts';
import { logTimeOf } from '../event-log/time-corrections.ts';
import type { DeadLetters, TimeCorrection, TimeCorrections } from '../ports/dead-letters.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';

export interface CorrectTimesPorts {
  readonly log: LogReader;
  readonly deadLetters: Pick<DeadLetters, 'timeCorrections' | 'correctTimes'>;
}

export interface CorrectedTimes {
  readonly partition: number;
  /** The log time of the record before the range. */
  readonly time: LogTime;
  readonly corrected: readonly TimeCorrection[];
  /** Records of the range that were corrected before or are not stamped after `time`. */
  readonly unchanged: number;
}

/** Decides that records which may be folded already take the log time of the record before them. */
export class CorrectTimes {
  constructor(private readonly ports: CorrectTimesPorts) {}

  /**
   * @param through last record of the range
   * @throws QueueError `NOT_FOUND` when the log does not have the records, or no record before them has a time
   */
  async run(partition: number, offset: Offset, through: Offset): Promise<CorrectedTimes> {
    const { log, deadLetters } = this.ports;
    const end = partition < log.partitions ? ((await log.ends([partition])).get(partition) ?? 0) : 0;
    if (offset > through || through >= end)
      throw new QueueError('NOT_FOUND', `The log of partition ${partition} ends before offset ${end}.`);
    const known = await deadLetters.timeCorrections(partition);
    const time = await this.#timeBefore(partition, offset, known);
    const corrected: TimeCorrection[] = [];
    let unchanged = 0;
    for await (const records of log.read(partition, offset, through + 1)) {
      for (const record of records) {
        if (record.timestamp <= time || logTimeOf(record, known) !== record.timestamp) unchanged += 1;
        else corrected.push({ offset: record.offset, timestamp: record.timestamp, time });
      }
    }
    if (corrected.length > 0) await deadLetters.correctTimes(partition, corrected);
    return { partition, time, corrected, unchanged };
  }

  async #timeBefore(partition: number, offset: Offset, known: TimeCorrections): Promise<LogTime> {
    for (let before = offset - 1; before >= 0; before--) {
      const record = await recordAt(this.ports.log, partition, before);
      const time = record?.offset === before ? logTimeOf(record, known) : 0;
      if (time > 0) return time;
    }
    throw new QueueError('NOT_FOUND', `No record before offset ${offset} of partition ${partition} has a time.`);
  }
}
