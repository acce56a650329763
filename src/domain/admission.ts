import { called } from './entry-transitions.ts';
import { NO_CHANGES, type QueueState } from './queue-state.ts';
import type { ChangeSet, EntryChange, Offset } from './types.ts';
import { MAX_CHANGES_PER_EVENT } from './types.ts';

/** Calls waiting entries in order, up to the place `through` and the capacity. A repeated or late event is harmless. */
export function admit(queue: QueueState, through: Offset): ChangeSet {
  const { capacity, claimWindowSeconds, admissionsPerMinute } = queue.policy;
  queue.tokenBucket.refill(queue.time, admissionsPerMinute);
  if (!queue.canCall) return NO_CHANGES;
  const calledBefore = queue.called;
  const limit = Math.min(MAX_CHANGES_PER_EVENT, capacity - calledBefore);
  const claimBy = queue.time + claimWindowSeconds * 1000;
  const changes: EntryChange[] = [];
  for (const entry of queue.entries.waiting.inOrder()) {
    if (changes.length >= limit || entry.place > through) break;
    changes.push(...queue.replace(entry, called(entry, claimBy)));
    queue.admittedThrough = Math.max(queue.admittedThrough, entry.place);
  }
  if (changes.length > 0) queue.recent.add(changes.length, queue.time, calledBefore);
  queue.tokenBucket.consume(changes.length);
  return changes;
}
