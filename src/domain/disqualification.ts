import { NO_CHANGES, type QueueState } from './queue-state.ts';
import type { ChangeSet, UserId } from './types.ts';

/** Takes the entry away, if there is one, and refuses the user from now on. */
export function disqualify(queue: QueueState, userId: UserId): ChangeSet {
  const loss = queue.end(queue.entries.get(userId), 'DISQUALIFIED');
  if (queue.disqualified.has(userId)) return loss;
  queue.disqualified.add(userId);
  return [...loss, { state: 'USER_DISQUALIFIED', userId }];
}

/** Lets the user ask again. Restores no entry. */
export function reinstate(queue: QueueState, userId: UserId): ChangeSet {
  return queue.disqualified.delete(userId) ? [{ state: 'USER_REINSTATED', userId }] : NO_CHANGES;
}
