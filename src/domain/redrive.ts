/** Turns a request that was skipped as a dead letter, and appended again, into an entry or a rejection. */
import { enter } from './enter.ts';
import type { Policy, QueueEntryRequested } from './events.generated.ts';
import { NO_CHANGES, type QueueState } from './queue-state.ts';
import type { ChangeSet, Entry, LogPosition, LogTime } from './types.ts';
import { isLive } from './types.ts';

type Receipt = NonNullable<LogPosition['redriveOf']>;

/** The outcomes that a queue still has. */
export interface KeptOutcomes {
  readonly policy: Pick<Policy, 'outcomeRetentionSeconds'>;
  readonly time: LogTime;
  readonly purgedThrough: LogTime;
}

/**
 * First configuration, opening and draw are judged as of the receipt; close, limit and disqualification as of the redrive. The
 * entry gets the place of its receipt. If it missed the draw, its place is the offset of the redrive: behind all drawn entries.
 * There is no effect if the receipt is too old, or if the user has a live entry or had any entry after the receipt.
 */
export function redrive(queue: QueueState, requested: QueueEntryRequested, receipt: Receipt): ChangeSet {
  if (receipt.offset >= queue.offset || isTooOldToRedrive(queue, receipt.timestamp)) return NO_CHANGES;
  if (hasLaterEntry(queue.entries.get(requested.userId), receipt)) return NO_CHANGES;
  const reception = receipt.offset < queue.configuredAt ? 'QUEUE_NOT_OPEN' : queue.opening.receptionAt(receipt);
  const missedDraw = reception === 'REGISTERED' && queue.opening.drawHeld;
  return missedDraw
    ? enter(queue, requested, receipt.offset, queue.offset, 'WAITING')
    : enter(queue, requested, receipt.offset, receipt.offset, reception);
}

/**
 * Whether a receipt is from a time whose outcomes may have been purged. Its user could have had an entry since, even a completed
 * one.
 */
export function isTooOldToRedrive({ policy, time, purgedThrough }: KeptOutcomes, timestamp: LogTime): boolean {
  return timestamp <= Math.max(purgedThrough, time - policy.outcomeRetentionSeconds * 1000);
}

/** Whether the user has a live entry, or had one after the receipt or from it. A redrive then has no effect. */
export function hasLaterEntry(last: Entry | undefined, { offset, timestamp }: Receipt): boolean {
  return last !== undefined && (isLive(last) || last.offset >= offset || last.endedAt > timestamp);
}
