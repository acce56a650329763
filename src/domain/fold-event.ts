import { ConcertQueue } from './concert-queue.ts';
import type { QueueEvent } from './events.generated.ts';
import { NO_CHANGES } from './queue-state.ts';
import type { ChangeSet, ConcertId, LogPosition } from './types.ts';

/**
 * Folds one event into the queue of its concert. The first `QueueConfigured` event creates the queue; earlier events have no
 * effect.
 *
 * @returns the changes; undefined if the concert has no queue
 */
export function foldEvent(
  queues: Map<ConcertId, ConcertQueue>,
  event: QueueEvent,
  at: LogPosition,
): ChangeSet | undefined {
  const queue = queues.get(event.concertId);
  if (queue) return queue.apply(event, at);
  if (event.type !== 'QueueConfigured') return undefined;
  queues.set(event.concertId, ConcertQueue.begin(event, at));
  return NO_CHANGES;
}
