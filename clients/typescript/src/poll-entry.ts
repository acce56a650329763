import type { Entry } from './api.generated.ts';
import { pause } from './backoff.ts';
import type { Followed } from './follow.ts';
import { askJson } from './http.ts';

/** Whoever has at most so many ahead asks for the own entry each time: the position is what one wants to see there. */
const NEAR = 50;
/** Everyone else does so about once in this time; in between the queue's document, cached for all, says whether they were called. */
const OWN_EVERY_MS = 60_000;

/**
 * The own entry, again and again until the deadline (of `performance.now()`), paced by the server. @throws QueueProblem,
 * ConnectionError, or the signal's reason
 */
export async function* polled(followed: Followed, until: number): AsyncGenerator<Entry> {
  const { transport, concertId, token, signal } = followed;
  for (;;) {
    const entry = await askJson<Entry>(transport, 'getMyEntry', { concertId, bearer: token, signal });
    yield entry;
    if (performance.now() >= until) return;
    await untilItMayDiffer(followed, entry, until);
  }
}

/** Waits as long as the queue's public document alone can tell that nothing decisive happened to this entry. */
async function untilItMayDiffer({ queues, concertId, signal }: Followed, entry: Entry, until: number): Promise<void> {
  const { state, place, ahead = 0, pollAfterMs } = entry;
  const ownAt = Math.min(until, performance.now() + OWN_EVERY_MS * (0.75 + Math.random() / 2));
  do {
    await pause(pollAfterMs, signal);
    const isFar = state === 'WAITING' && place !== undefined && ahead > NEAR;
    if (!isFar && state !== 'REGISTERED') return;
    const queue = await queues.get(concertId, signal);
    if (place !== undefined && place <= queue.admittedThrough) return;
    // Drawn: everyone's place is new, and only the own entry says which.
    if (state === 'REGISTERED' && queue.drawSeed !== undefined) return;
  } while (performance.now() < ownAt);
}
