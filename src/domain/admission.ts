import { called } from './entry-transitions.ts';
import { NOTHING, type QueueState } from './queue-state.ts';
import type { Change, Effect, Offset } from './types.ts';
import { MOST_PER_EVENT } from './types.ts';

/** Calls from the front, in order, while there is room. Harmless however often, late or by whomever it is said. */
export function admit(queue: QueueState, through: Offset): Effect {
  const { capacity, claimWindowSeconds, admissionsPerMinute } = queue.policy;
  queue.rate.settle(queue.time, admissionsPerMinute);
  if (!queue.calling) return NOTHING;
  const calledBefore = queue.called;
  const room = Math.min(MOST_PER_EVENT, capacity - calledBefore);
  const claimBy = queue.time + claimWindowSeconds * 1000;
  const changes: Change[] = [];
  for (const life of queue.lives.waiting.values()) {
    if (changes.length >= room || life.place > through) break;
    changes.push(...queue.put(life, called(life, claimBy)));
    queue.admittedThrough = Math.max(queue.admittedThrough, life.place);
  }
  if (changes.length > 0) queue.recent.add(changes.length, queue.time, calledBefore);
  queue.rate.spend(changes.length);
  return changes;
}
