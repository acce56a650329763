/** The rules by which a request for entry becomes a place, or is refused. */
import type { QueueEntryRequested } from './events.generated.ts';
import { NOTHING, type QueueState } from './queue-state.ts';
import type { Effect, LogPosition, Offset, Rejection, UserId } from './types.ts';
import { isLive } from './types.ts';

/** @param offset the receipt */
export function request(queue: QueueState, { userId, entryId }: QueueEntryRequested, offset: Offset): Effect {
  const before = queue.lives.get(userId);
  // A repeat keeps the earlier place; a late copy of the last request revives nobody.
  if (before && (isLive(before) || before.entryId === entryId)) return NOTHING;
  const because = rejection(queue, userId);
  if (because) {
    const endedAt = queue.time;
    return queue.put(before, { state: 'REJECTED', userId, entryId, offset, place: offset, because, endedAt });
  }
  const state = queue.opening.done ? 'WAITING' : 'REGISTERED';
  return queue.put(before, { state, userId, entryId, offset, place: offset });
}

/**
 * A request that was passed over as a dead letter comes again, to the place of its receipt. Once, and not for who is in the
 * queue, or was there after the receipt: that request would have changed nothing, or is long answered.
 */
export function redrive(
  queue: QueueState,
  requested: QueueEntryRequested,
  receipt: NonNullable<LogPosition['redriveOf']>,
): Effect {
  if (receipt.offset >= queue.offset || queue.redriven.includes(receipt.offset)) return NOTHING;
  queue.redriven = [...queue.redriven, receipt.offset].sort((a, b) => a - b);
  const last = queue.lives.get(requested.userId);
  const isAnswered = last && (isLive(last) || last.offset > receipt.offset || last.endedAt > receipt.stamp);
  return isAnswered || queue.lives.hold(receipt.offset) ? NOTHING : request(queue, requested, receipt.offset);
}

function rejection({ barred, closed, opening, policy, lives }: QueueState, userId: UserId): Rejection | undefined {
  if (barred.has(userId)) return 'DISQUALIFIED';
  if (closed) return 'QUEUE_CLOSED';
  if (!opening.done && !opening.registers(policy)) return 'QUEUE_NOT_OPEN';
  const queued = lives.waiting.size + lives.registered.size;
  return queued >= (policy.maximumWaiting ?? Number.POSITIVE_INFINITY) ? 'QUEUE_FULL' : undefined;
}
