import { NOTHING, type QueueState } from './queue-state.ts';
import type { Effect, UserId } from './types.ts';

/** Takes the entry away, if there is one, and refuses the user from now on. */
export function disqualify(queue: QueueState, userId: UserId): Effect {
  const loss = queue.end(queue.lives.get(userId), 'DISQUALIFIED');
  if (queue.barred.has(userId)) return loss;
  queue.barred.add(userId);
  return [...loss, { state: 'BARRED', userId }];
}

/** Lets the user ask again. Restores no entry. */
export function reinstate(queue: QueueState, userId: UserId): Effect {
  return queue.barred.delete(userId) ? [{ state: 'UNBARRED', userId }] : NOTHING;
}
