import type { ConcertQueue } from './concert-queue.ts';
import { admissionsAvailable, msUntilAvailable } from './token-bucket.ts';
import { type LogTime, MAX_CHANGES_PER_EVENT, type Offset } from './types.ts';

/** The event to append next. The caller adds the seed of a draw. */
export type AdmissionDecision =
  | { readonly type: 'DrawHeld' }
  | { readonly type: 'TimePassed'; readonly through: LogTime }
  | { readonly type: 'EntriesAdmitted'; readonly through: Offset };

/** A pause of expiry after an outage: the visibility watermark stays at `through` until log time `until`. */
export interface OutageHold {
  readonly through: LogTime;
  readonly until: LogTime;
}

/** Delays the purge of outcomes, so that one event purges many. */
export const PURGE_SLACK_MS = 60_000;
/** While more entries wait than the rate admits, each event admits the amount of this much time. */
const STEP_MS = 200;

/**
 * The event to append next, if any. Folded at log time `now` or later, it has an effect. A late or repeated event, or one from a
 * second admission control, is harmless. Entries expire before others are called, so that freed slots are used at once.
 *
 * @param now current log time in whole milliseconds
 * @param through visibility watermark: entries expire up to this log time, at most `now`
 */
export function decideAdmission(queue: ConcertQueue, now: LogTime, through: LogTime): AdmissionDecision | undefined {
  // Any record opens the queue. It must not be the draw: if `now` is early, the seed would be public before the opening.
  if (openingDueAt(queue) <= now) return { type: 'TimePassed', through };
  if (queue.drawDue) return { type: 'DrawHeld' };
  if (nextTimePassedAt(queue) <= through) return { type: 'TimePassed', through };
  const { tokens, at } = queue.tokenBucket;
  const available = admissionsAvailable(tokens, at, now, queue.policy.admissionsPerMinute);
  const limit = maxCalls(queue);
  if (limit === 0 || available < minCalls(queue, limit)) return undefined;
  return { type: 'EntriesAdmitted', through: placeAtPosition(queue, Math.min(limit, available)) };
}

/**
 * The earliest log time at which `decideAdmission` returns an event if no other event arrives; Infinity if there is none.
 * Deadlines after the `through` of a hold are due when the hold ends.
 */
export function nextAdmissionAt(queue: ConcertQueue, hold?: OutageHold): LogTime {
  if (queue.drawDue) return queue.time;
  const due = nextTimePassedAt(queue);
  const heldUntil = hold && due > hold.through ? Math.max(due, hold.until) : due;
  return Math.min(openingDueAt(queue), heldUntil, nextCallAt(queue));
}

function openingDueAt(queue: ConcertQueue): LogTime {
  return queue.opened ? Number.POSITIVE_INFINITY : (queue.policy.opensAt ?? queue.time);
}

function nextTimePassedAt(queue: ConcertQueue): LogTime {
  return Math.min(queue.nextExpiry(), queue.nextPurge() + PURGE_SLACK_MS);
}

function nextCallAt(queue: ConcertQueue): LogTime {
  const limit = maxCalls(queue);
  if (limit === 0) return Number.POSITIVE_INFINITY;
  const { tokens, at } = queue.tokenBucket;
  return at + msUntilAvailable(tokens, queue.policy.admissionsPerMinute, minCalls(queue, limit));
}

/** The most entries that one event can call, regardless of the rate. */
function maxCalls(queue: ConcertQueue): number {
  if (!queue.canCall) return 0;
  return Math.max(0, Math.min(MAX_CHANGES_PER_EVENT, queue.policy.capacity - queue.called, queue.waiting));
}

/** The fewest entries worth an event, so that a high rate does not cost one event per admission. */
function minCalls(queue: ConcertQueue, limit: number): number {
  return Math.min(limit, Math.max(1, Math.floor((queue.policy.admissionsPerMinute * STEP_MS) / 60_000)));
}

/** @param position 1 is the first waiting entry */
function placeAtPosition(queue: ConcertQueue, position: number): Offset {
  let place = -1;
  let count = 0;
  for (const waiting of queue.waitingEntries()) {
    place = waiting.place;
    if (++count === position) break;
  }
  return place;
}
