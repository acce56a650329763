/** What becomes of those who were called: they claim and complete, or their time is over. */

import { claimed } from './entry-transitions.ts';
import { NO_CHANGES, type QueueState } from './queue-state.ts';
import type { ChangeSet, Entry, EntryChange, LogTime } from './types.ts';
import { MAX_CHANGES_PER_EVENT } from './types.ts';

/** Valid if READY at this position of the log: whoever claims before the `TimePassed` that would expire them is in time. */
export function claim(queue: QueueState, entry: Entry | undefined): ChangeSet {
  if (entry?.state !== 'READY') return NO_CHANGES;
  return queue.replace(entry, claimed(entry, queue.time + queue.policy.activeWindowSeconds * 1000));
}

export function complete(queue: QueueState, entry: Entry | undefined): ChangeSet {
  return entry?.state === 'ACTIVE' ? queue.end(entry, 'COMPLETED') : NO_CHANGES;
}

/** Expires whose deadline, and forgets whose retention, was over at `through`. */
export function expire(queue: QueueState, through: LogTime): ChangeSet {
  const changes: EntryChange[] = [];
  for (const entry of queue.entries.expiredBy(through, MAX_CHANGES_PER_EVENT))
    changes.push(...queue.end(entry, 'EXPIRED'));
  const kept = queue.policy.outcomeRetentionSeconds * 1000;
  for (const { userId } of queue.entries.closedBy(through - kept, MAX_CHANGES_PER_EVENT - changes.length)) {
    queue.entries.closed.delete(userId);
    changes.push({ state: 'PURGED', userId });
  }
  return changes;
}
