/** Turns a request for entry into an entry or a rejection. */
import type { QueueEntryRequested } from './events.generated.ts';
import type { Reception } from './opening.ts';
import { NO_CHANGES, type QueueState } from './queue-state.ts';
import { queueRejection } from './rejection.ts';
import type { ChangeSet, Offset } from './types.ts';
import { isLive } from './types.ts';

/** @param offset the receipt */
export function request(queue: QueueState, requested: QueueEntryRequested, offset: Offset): ChangeSet {
  return enter(queue, requested, offset, offset, queue.opening.reception(queue.policy));
}

/**
 * @param offset the receipt
 * @param place of the entry, if it waits
 * @param reception what the opening decides; the rest is decided by the state of the queue
 */
export function enter(
  queue: QueueState,
  { userId, entryId }: QueueEntryRequested,
  offset: Offset,
  place: Offset,
  reception: Reception,
): ChangeSet {
  const before = queue.entries.get(userId);
  // A repeated request keeps the earlier place. A late copy of the last request does not reopen a closed entry.
  if (before && (isLive(before) || before.entryId === entryId)) return NO_CHANGES;
  const { policy, closed, queued, time: endedAt } = queue;
  const acceptsRequests = reception !== 'QUEUE_NOT_OPEN';
  const reason = queue.disqualified.has(userId)
    ? 'DISQUALIFIED'
    : queueRejection({ policy, closed, queued, acceptsRequests });
  if (reason)
    return queue.replace(before, { state: 'REJECTED', userId, entryId, offset, place: offset, reason, endedAt });
  const state = reception === 'REGISTERED' ? reception : 'WAITING';
  return queue.replace(before, { state, userId, entryId, offset, place });
}
