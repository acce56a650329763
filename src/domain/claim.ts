import { claimed } from './entry-transitions.ts';
import { NO_CHANGES, type QueueState } from './queue-state.ts';
import type { ChangeSet, Entry } from './types.ts';

/** Valid while the entry is READY. A claim before the `TimePassed` event that would expire the entry is in time. */
export function claim(queue: QueueState, entry: Entry | undefined): ChangeSet {
  if (entry?.state !== 'READY') return NO_CHANGES;
  return queue.replace(entry, claimed(entry, queue.time + queue.policy.activeWindowSeconds * 1000));
}

export function complete(queue: QueueState, entry: Entry | undefined): ChangeSet {
  return entry?.state === 'ACTIVE' ? queue.end(entry, 'COMPLETED') : NO_CHANGES;
}
