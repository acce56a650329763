/** Ports of which a test answers what it is about. Whoever asks for anything else has asked too much. */
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { EventLog } from './event-log.port.ts';
import type { QueueViewReader } from './queue-view.port.ts';

export const notAsked = () => Promise.reject(new Error('not asked'));

/** Of one partition. */
export function logThat(answers: Partial<EventLog>): EventLog {
  return {
    topic: 'queue.entry',
    partitions: 1,
    partitionOf: () => 0,
    append: notAsked,
    endOffset: notAsked,
    isWritable: notAsked,
    ...answers,
  };
}

export function viewThat(answers: Partial<QueueViewReader>): QueueViewReader {
  return {
    queue: notAsked,
    entry: notAsked,
    entries: notAsked,
    progress: notAsked,
    deadLetter: notAsked,
    concerts: notAsked,
    ping: notAsked,
    ...answers,
  };
}

/** What a view shows of a queue that it holds as far as it is. */
export function shown(queue: ConcertQueue) {
  const head = { generation: 'g', foldVersion: FOLD_VERSION, offset: queue.offset };
  return { head, attributes: queue.attributes() };
}
