import type { LogTime } from '../../domain/types.ts';
import type { EventLog } from '../ports/event-log.port.ts';

/**
 * Appends an event without effect: it belongs to a concert without a queue, and expires nothing. Its timestamp is the current
 * log time of the partition.
 */
export async function probeLogTime(log: EventLog, partition: number): Promise<LogTime> {
  const concertId = concertIn(log, partition);
  const event = { type: 'TimePassed', concertId, occurredAt: Date.now(), through: 0 } as const;
  return (await log.append(event, 'control')).timestamp;
}

function concertIn(log: EventLog, partition: number): string {
  for (let number = 0; ; number++) {
    const concertId = `time-check.${number}`;
    if (log.partitionOf(concertId) === partition) return concertId;
  }
}
