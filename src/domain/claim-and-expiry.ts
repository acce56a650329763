/** What becomes of those who were called: they claim and complete, or their time is over. */

import { claimed } from './entry-transitions.ts';
import { NOTHING, type QueueState } from './queue-state.ts';
import type { Change, Effect, Life, LogTime } from './types.ts';
import { MOST_PER_EVENT } from './types.ts';

/** Valid if READY at this position of the log: whoever claims before the `TimePassed` that would expire them is in time. */
export function claim(queue: QueueState, life: Life | undefined): Effect {
  if (life?.state !== 'READY') return NOTHING;
  return queue.put(life, claimed(life, queue.time + queue.policy.activeWindowSeconds * 1000));
}

export function complete(queue: QueueState, life: Life | undefined): Effect {
  return life?.state === 'ACTIVE' ? queue.end(life, 'COMPLETED') : NOTHING;
}

/** Expires whose deadline, and forgets whose retention, was over at `through`. */
export function lapse(queue: QueueState, through: LogTime): Effect {
  const changes: Change[] = [];
  for (const life of queue.lives.lapsed(through, MOST_PER_EVENT)) changes.push(...queue.end(life, 'EXPIRED'));
  const kept = queue.policy.outcomeRetentionSeconds * 1000;
  for (const { userId } of queue.lives.endedBy(through - kept, MOST_PER_EVENT - changes.length)) {
    queue.lives.ended.delete(userId);
    changes.push({ state: 'FORGOTTEN', userId });
  }
  return changes;
}
