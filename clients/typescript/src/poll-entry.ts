import type { Entry } from './api.generated.ts';
import { pause } from './backoff.ts';
import type { FollowContext } from './follow.ts';
import { sendJson } from './http.ts';

/** With at most this many entries ahead the entry itself is polled, so that its position is current. */
const MAX_NEAR_AHEAD = 50;
/** Interval for entries further back. In between, the cached queue document shows whether they were called. */
const FAR_INTERVAL_MS = 60_000;

/**
 * Polls the entry until the deadline (of `performance.now()`), at the interval that the server sets. @throws QueueProblem,
 * ConnectionError, or the signal's reason
 */
export async function* pollEntry(context: FollowContext, until: number): AsyncGenerator<Entry> {
  const { transport, concertId, token, signal } = context;
  for (;;) {
    const entry = await sendJson<Entry>(transport, 'getMyEntry', { concertId, bearer: token, signal });
    yield entry;
    if (performance.now() >= until) return;
    await waitForPossibleChange(context, entry, until);
  }
}

/** Waits while the queue document shows that the state of the entry is unchanged. */
async function waitForPossibleChange(
  { queues, concertId, signal }: FollowContext,
  entry: Entry,
  until: number,
): Promise<void> {
  const { state, place, ahead = 0, pollAfterMs } = entry;
  const pollEntryAt = Math.min(until, performance.now() + FAR_INTERVAL_MS * (0.75 + Math.random() / 2));
  do {
    await pause(pollAfterMs, signal);
    const isFar = state === 'WAITING' && place !== undefined && ahead > MAX_NEAR_AHEAD;
    if (!isFar && state !== 'REGISTERED') return;
    const queue = await queues.get(concertId, signal);
    if (place !== undefined && place <= queue.admittedThrough) return;
    // The draw assigned new places, which only the entry itself shows.
    if (state === 'REGISTERED' && queue.drawSeed !== undefined) return;
  } while (performance.now() < pollEntryAt);
}
