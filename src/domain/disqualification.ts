import { NO_CHANGES, type QueueState } from './queue-state.ts';
import type { ChangeSet, UserId } from './types.ts';

/** Ends the user's live entry, if any, and rejects later requests of the user. */
export function disqualify(queue: QueueState, userId: UserId): ChangeSet {
  const changes = queue.end(queue.entries.get(userId), 'DISQUALIFIED');
  if (queue.disqualified.has(userId)) return changes;
  queue.disqualified.add(userId);
  return [...changes, { state: 'USER_DISQUALIFIED', userId }];
}

/** Accepts requests of the user again. Restores no entry. */
export function reinstate(queue: QueueState, userId: UserId): ChangeSet {
  return queue.disqualified.delete(userId) ? [{ state: 'USER_REINSTATED', userId }] : NO_CHANGES;
}
