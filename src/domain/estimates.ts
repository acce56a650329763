import type { QueueAttributes } from './queue-snapshot.ts';
import { releaseRatePerMinute } from './recent-admissions.ts';

const NEAREST_POLL_MS = 1_000;
const FARTHEST_POLL_MS = 15_000;
/** Milliseconds for the square root of the distance: 10,000 ahead are as far as it gets. */
const POLL_GROWTH_MS = 140;

/**
 * Seconds until whoever has `ahead` waiting in front is called, as far as policy and the last five minutes of log time tell.
 *
 * Free slots are called for at the policy's rate. Whoever is beyond them waits for slots to be freed: as fast as was seen lately,
 * or as the windows force it. Absent rather than wrong: when nobody is being called (closed, paused, before the opening or the
 * draw), and when a slot has to be freed but none was.
 */
export function estimatedWaitSeconds(ahead: number, attributes: QueueAttributes): number | undefined {
  const { policy, paused, closed, openedAt, draw, counts, recentAdmissions, time } = attributes;
  if (paused || closed || openedAt === null || draw?.seed === null) return undefined;
  const called = counts.ready + counts.active;
  const atTheRate = (ahead + 1) / policy.admissionsPerMinute;
  const slotsShort = ahead + 1 - Math.max(0, policy.capacity - called);
  if (slotsShort <= 0) return inSeconds(atTheRate);

  const freed = releaseRatePerMinute(recentAdmissions, time, called);
  if (freed === 0) return undefined;
  const forced = (policy.capacity * 60) / (policy.claimWindowSeconds + policy.activeWindowSeconds);
  return inSeconds(Math.max(atTheRate, slotsShort / Math.max(freed, forced)));
}

/**
 * Milliseconds until it is worth asking again: 1 s at the front (or where the distance is not known), growing to 15 s at the back.
 *
 * @param random 0 to 1: spreads the askers over 20% to either side
 */
export function pollAfterMs(ahead: number | undefined, random: number): number {
  const paced = Math.min(FARTHEST_POLL_MS, NEAREST_POLL_MS + POLL_GROWTH_MS * Math.sqrt(ahead ?? 0));
  return Math.round(paced * (0.8 + 0.4 * random));
}

function inSeconds(minutes: number): number {
  return Math.ceil(minutes * 60);
}
