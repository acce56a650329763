import type { Entry } from './api.generated.ts';
import { Backoff, clampWait, pause } from './backoff.ts';
import type { FollowContext } from './follow.ts';
import type { FollowState } from './follow-state.ts';
import { sendJson } from './http.ts';

/** With at most this many entries ahead the entry itself is polled, so that its position is current. */
const MAX_NEAR_AHEAD = 50;
/** Interval for entries further back. In between, the cached queue document shows whether they were called. */
const FAR_INTERVAL_MS = 60_000;
/** Before the first response. */
const FIRST_INTERVAL_MS = 1_000;
/** A stream that delivers may be silent for this long before the entry is polled. */
const STREAM_SILENCE_MS = 5_000;

/**
 * Polls the entry, at the interval that the server sets, while no stream delivers. @throws QueueProblem that was confirmed, or
 * the signal's reason
 */
export async function pollEntry(context: FollowContext, state: FollowState): Promise<never> {
  const { transport, concertId, token, signal, options } = context;
  const backoff = new Backoff(options.backoff);
  if (options.stream !== false) await silence(context, state, FIRST_INTERVAL_MS);
  for (;;) {
    try {
      const entry = await sendJson<Entry>(transport, 'getMyEntry', { concertId, bearer: token, signal });
      backoff.reset();
      state.onEntry(entry);
      await waitForPossibleChange(context, state, entry);
    } catch (error) {
      signal.throwIfAborted();
      state.onError(error, options.confirmMs);
      state.onLost();
      await pause(backoff.next(error.retryAfterMs), signal);
    }
  }
}

/** Waits while the queue document shows that the state of the entry is unchanged. */
async function waitForPossibleChange(context: FollowContext, state: FollowState, entry: Entry): Promise<void> {
  const { queues, concertId, signal } = context;
  const { state: entryState, place, ahead = 0, pollAfterMs } = entry;
  const pollEntryAt = performance.now() + FAR_INTERVAL_MS * (0.75 + Math.random() / 2);
  do {
    await silence(context, state, pollAfterMs);
    const isFar = entryState === 'WAITING' && place !== undefined && ahead > MAX_NEAR_AHEAD;
    if (!isFar && entryState !== 'REGISTERED') return;
    const queue = await queues.get(concertId, signal);
    state.onPublicDocument();
    if (place !== undefined && place <= queue.admittedThrough) return;
    // The draw assigned new places, which only the entry itself shows.
    if (entryState === 'REGISTERED' && queue.drawSeed !== undefined) return;
  } while (performance.now() < pollEntryAt);
}

/** Waits until nothing was heard of the entry for this time, or until a new attempt is worth it. */
async function silence({ signal, options }: FollowContext, state: FollowState, pollAfterMs: number): Promise<void> {
  for (;;) {
    const intervalMs = clampWait(pollAfterMs, options.backoff);
    const leftMs = (state.isStreaming ? Math.max(intervalMs, STREAM_SILENCE_MS) : intervalMs) - state.silentMs;
    if (leftMs <= 0 || (await pause(leftMs, signal))) return;
  }
}
