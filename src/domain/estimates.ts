import type { QueueAttributes } from './queue-snapshot.ts';
import { releaseRatePerMinute } from './recent-admissions.ts';

const MIN_POLL_MS = 1_000;
const MAX_POLL_MS = 15_000;
/** Milliseconds times the square root of the entries ahead: the maximum is reached at 10,000. */
const POLL_GROWTH_MS = 140;

/**
 * Estimated seconds until an entry with `ahead` waiting entries before it is called.
 *
 * Entries for which there are free slots are called at the rate of the policy. Later entries wait until slots are freed: at the
 * rate of the last five minutes of log time, or at the lowest rate that the windows allow. undefined while no entry can be
 * called (closed, paused, before the opening or the draw), and if a slot must be freed but none was freed recently.
 */
export function estimatedWaitSeconds(ahead: number, attributes: QueueAttributes): number | undefined {
  const { policy, paused, closed, openedAt, draw, counts, recentAdmissions, time } = attributes;
  if (paused || closed || openedAt === null || draw?.seed === null) return undefined;
  const called = counts.ready + counts.active;
  const atPolicyRate = (ahead + 1) / policy.admissionsPerMinute;
  const missingSlots = ahead + 1 - Math.max(0, policy.capacity - called);
  if (missingSlots <= 0) return inSeconds(atPolicyRate);

  const releaseRate = releaseRatePerMinute(recentAdmissions, time, called);
  if (releaseRate === 0) return undefined;
  const minReleaseRate = (policy.capacity * 60) / (policy.claimWindowSeconds + policy.activeWindowSeconds);
  return inSeconds(Math.max(atPolicyRate, missingSlots / Math.max(releaseRate, minReleaseRate)));
}

/**
 * Recommended poll interval in milliseconds: from 1 s at the front, or if the position is unknown, to 15 s at the back.
 *
 * @param random 0 to 1; spreads the intervals by 20% to either side
 */
export function pollAfterMs(ahead: number | undefined, random: number): number {
  const interval = Math.min(MAX_POLL_MS, MIN_POLL_MS + POLL_GROWTH_MS * Math.sqrt(ahead ?? 0));
  return Math.round(interval * (0.8 + 0.4 * random));
}

function inSeconds(minutes: number): number {
  return Math.ceil(minutes * 60);
}
