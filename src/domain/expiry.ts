import type { QueueState } from './queue-state.ts';
import { type ChangeSet, type EntryChange, type LogTime, MAX_CHANGES_PER_EVENT } from './types.ts';

/** Expires READY and ACTIVE entries whose deadline is at or before `through`, and purges outcomes whose retention has ended. */
export function expire(queue: QueueState, through: LogTime): ChangeSet {
  const changes: EntryChange[] = [];
  for (const entry of queue.entries.expiredBy(through, MAX_CHANGES_PER_EVENT))
    changes.push(...queue.end(entry, 'EXPIRED'));
  const purgeThrough = through - queue.policy.outcomeRetentionSeconds * 1000;
  queue.purgedThrough = Math.max(queue.purgedThrough, purgeThrough);
  queue.opening.purge(queue.purgedThrough);
  for (const { userId } of queue.entries.closedBy(purgeThrough, MAX_CHANGES_PER_EVENT - changes.length)) {
    queue.entries.closed.delete(userId);
    changes.push({ state: 'PURGED', userId });
  }
  return changes;
}
