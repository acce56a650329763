/** Ports that implement only the methods a test passes. Any other method throws. */
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { EventLog } from './event-log.port.ts';
import type { QueueViewReader } from './queue-view.port.ts';

export const notExpected = () => Promise.reject(new Error('the test did not expect this call'));

/** A log of one partition. */
export function logThat(answers: Partial<EventLog>): EventLog {
  return {
    topic: 'queue.entry',
    partitions: 1,
    partitionOf: () => 0,
    append: notExpected,
    endOffset: notExpected,
    isWritable: notExpected,
    now: () => undefined,
    ...answers,
  };
}

export function viewThat(answers: Partial<QueueViewReader>): QueueViewReader {
  return {
    queue: notExpected,
    entry: notExpected,
    entries: notExpected,
    progress: notExpected,
    deadLetter: notExpected,
    concerts: notExpected,
    ping: notExpected,
    ...answers,
  };
}

/** The view of a queue at its offset. */
export function shown(queue: ConcertQueue) {
  const head = { generation: 'g', foldVersion: FOLD_VERSION, offset: queue.offset };
  return { head, attributes: queue.attributes() };
}
