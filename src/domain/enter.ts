/** Turns a request for entry into an entry or a rejection. */
import type { QueueEntryRequested } from './events.generated.ts';
import { NO_CHANGES, type QueueState } from './queue-state.ts';
import { queueRejection } from './rejection.ts';
import type { ChangeSet, LogPosition, Offset } from './types.ts';
import { isLive } from './types.ts';

/** @param offset the receipt */
export function request(queue: QueueState, { userId, entryId }: QueueEntryRequested, offset: Offset): ChangeSet {
  const before = queue.entries.get(userId);
  // A repeated request keeps the earlier place. A late copy of the last request does not reopen a closed entry.
  if (before && (isLive(before) || before.entryId === entryId)) return NO_CHANGES;
  const reason = queue.disqualified.has(userId) ? 'DISQUALIFIED' : queueRejection(queue);
  if (reason) {
    const endedAt = queue.time;
    return queue.replace(before, { state: 'REJECTED', userId, entryId, offset, place: offset, reason, endedAt });
  }
  const state = queue.opening.isOpen ? 'WAITING' : 'REGISTERED';
  return queue.replace(before, { state, userId, entryId, offset, place: offset });
}

/**
 * Applies a request that was skipped as a dead letter, at the place of its receipt. A receipt is redriven once. There is no
 * effect if the user has a live entry, or had any entry after the receipt.
 */
export function redrive(
  queue: QueueState,
  requested: QueueEntryRequested,
  receipt: NonNullable<LogPosition['redriveOf']>,
): ChangeSet {
  if (receipt.offset >= queue.offset || queue.redriven.includes(receipt.offset)) return NO_CHANGES;
  queue.redriven = [...queue.redriven, receipt.offset].sort((a, b) => a - b);
  const last = queue.entries.get(requested.userId);
  const isAnswered = last && (isLive(last) || last.offset > receipt.offset || last.endedAt > receipt.timestamp);
  return isAnswered || queue.entries.hasReceiptOrPlace(receipt.offset)
    ? NO_CHANGES
    : request(queue, requested, receipt.offset);
}
