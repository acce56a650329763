import { addCorrection, correctionOf } from '../../../application/event-log/time-corrections.ts';
import type { TimeCorrection } from '../../../application/ports/dead-letters.port.ts';
import type { Offset } from '../../../domain/types.ts';
import type { LogStream } from './log-stream.ts';

const BATCH_SIZE = 1_000;

/** The time corrections in the table of dead letters. */
export function storedCorrections(decisions: LogStream, topic: string, partition: number) {
  const corrections = new Map<Offset, TimeCorrection>();
  for (let next = 0; ; ) {
    const records = decisions.read(partition, next, BATCH_SIZE);
    if (records.length === 0) return corrections;
    for (const record of records) {
      const correction = correctionOf(topic, record);
      if (correction) addCorrection(corrections, correction);
    }
    next += records.length;
  }
}
