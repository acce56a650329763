import type { ConcertQueue } from './concert-queue.ts';
import { admissionsAvailable, msUntilAvailable } from './token-bucket.ts';
import { type LogTime, MAX_CHANGES_PER_EVENT, type Offset } from './types.ts';

/** What admission control should append next. The seed of a draw comes from whoever holds the secret. */
export type AdmissionDecision =
  | { readonly type: 'DrawHeld' }
  | { readonly type: 'TimePassed'; readonly through: LogTime }
  | { readonly type: 'EntriesAdmitted'; readonly through: Offset };

/** While time is not vouched for: it stands at `through` until log time `until`. */
export interface OutageHold {
  readonly through: LogTime;
  readonly until: LogTime;
}

/** Outcomes are forgotten this long after they could be, many in one event instead of each in its own. */
export const PURGE_SLACK_MS = 60_000;
/** As long as there is more to call than the rate allows, calls come in steps worth this much time. */
const STEP_MS = 200;

/**
 * The one event that should be appended next, if any. Folded at log time `now` or later it always has an effect, and late,
 * repeated or by several it does no harm. Expiry comes before calling, so that freed slots are called for at once.
 *
 * @param now log time as admission control knows it, whole milliseconds
 * @param through log time up to which users could know of their calls, at most `now`
 */
export function decideAdmission(queue: ConcertQueue, now: LogTime, through: LogTime): AdmissionDecision | undefined {
  // Any record opens the queue. Not the draw itself: were `now` a little ahead, the seed would be known before the opening.
  if (openingDueAt(queue) <= now) return { type: 'TimePassed', through };
  if (queue.drawDue) return { type: 'DrawHeld' };
  if (nextTimePassedAt(queue) <= through) return { type: 'TimePassed', through };
  const { tokens, at } = queue.tokenBucket;
  const affords = admissionsAvailable(tokens, at, now, queue.policy.admissionsPerMinute);
  const wanted = maxCalls(queue);
  if (wanted === 0 || affords < minCalls(queue, wanted)) return undefined;
  return { type: 'EntriesAdmitted', through: placeAtPosition(queue, Math.min(wanted, affords)) };
}

/**
 * The earliest log time at which there will be something to decide if no other event comes; Infinity when there is nothing to
 * wait for. While a hold stands, what lapses after its `through` counts from its end.
 */
export function nextAdmissionAt(queue: ConcertQueue, hold?: OutageHold): LogTime {
  if (queue.drawDue) return queue.time;
  const lapse = nextTimePassedAt(queue);
  const held = hold && lapse > hold.through ? Math.max(lapse, hold.until) : lapse;
  return Math.min(openingDueAt(queue), held, nextCallAt(queue));
}

function openingDueAt(queue: ConcertQueue): LogTime {
  return queue.opened ? Number.POSITIVE_INFINITY : (queue.policy.opensAt ?? queue.time);
}

function nextTimePassedAt(queue: ConcertQueue): LogTime {
  return Math.min(queue.nextExpiry(), queue.nextPurge() + PURGE_SLACK_MS);
}

function nextCallAt(queue: ConcertQueue): LogTime {
  const wanted = maxCalls(queue);
  if (wanted === 0) return Number.POSITIVE_INFINITY;
  const { tokens, at } = queue.tokenBucket;
  return at + msUntilAvailable(tokens, queue.policy.admissionsPerMinute, minCalls(queue, wanted));
}

/** How many one event could call if the rate allowed it. */
function maxCalls(queue: ConcertQueue): number {
  if (!queue.canCall) return 0;
  return Math.max(0, Math.min(MAX_CHANGES_PER_EVENT, queue.policy.capacity - queue.called, queue.waiting));
}

/** How many are called at least, so that a high rate does not cost an event per admission. */
function minCalls(queue: ConcertQueue, wanted: number): number {
  return Math.min(wanted, Math.max(1, Math.floor((queue.policy.admissionsPerMinute * STEP_MS) / 60_000)));
}

function placeAtPosition(queue: ConcertQueue, position: number): Offset {
  let place = -1;
  let seen = 0;
  for (const waiting of queue.waitingEntries()) {
    place = waiting.place;
    if (++seen === position) break;
  }
  return place;
}
