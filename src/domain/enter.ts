/** The rules by which a request for entry becomes a place, or is refused. */
import type { QueueEntryRequested } from './events.generated.ts';
import { NO_CHANGES, type QueueState } from './queue-state.ts';
import type { ChangeSet, LogPosition, Offset, Rejection, UserId } from './types.ts';
import { isLive } from './types.ts';

/** @param offset the receipt */
export function request(queue: QueueState, { userId, entryId }: QueueEntryRequested, offset: Offset): ChangeSet {
  const before = queue.entries.get(userId);
  // A repeat keeps the earlier place; a late copy of the last request revives nobody.
  if (before && (isLive(before) || before.entryId === entryId)) return NO_CHANGES;
  const reason = rejection(queue, userId);
  if (reason) {
    const endedAt = queue.time;
    return queue.replace(before, { state: 'REJECTED', userId, entryId, offset, place: offset, reason, endedAt });
  }
  const state = queue.opening.isOpen ? 'WAITING' : 'REGISTERED';
  return queue.replace(before, { state, userId, entryId, offset, place: offset });
}

/**
 * A request that was passed over as a dead letter comes again, to the place of its receipt. Once, and not for who is in the
 * queue, or was there after the receipt: that request would have changed nothing, or is long answered.
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

function rejection(
  { disqualified, closed, opening, policy, entries }: QueueState,
  userId: UserId,
): Rejection | undefined {
  if (disqualified.has(userId)) return 'DISQUALIFIED';
  if (closed) return 'QUEUE_CLOSED';
  if (!opening.isOpen && !opening.registersRequests(policy)) return 'QUEUE_NOT_OPEN';
  const queued = entries.waiting.size + entries.registered.size;
  return queued >= (policy.maximumWaiting ?? Number.POSITIVE_INFINITY) ? 'QUEUE_FULL' : undefined;
}
