import type { Entry } from './api.generated.ts';
import { Backoff, pause } from './backoff.ts';
import { ConnectionError, errorOf, QueueProblem, StreamUnavailable } from './errors.ts';
import { eventsOf, SilentStream } from './event-stream.ts';
import type { FollowContext, QueueStatus } from './follow.ts';
import type { FollowState } from './follow-state.ts';
import { fetchFrom, parseJson, pathOf, throwKnownError } from './http.ts';
import { onOffline } from './page-environment.ts';
import { streamSlots } from './stream-slots.ts';
import { TimeoutSignal } from './timeout-signal.ts';

const DEFAULT_FIRST_BYTE_MS = 3_000;
const DEFAULT_IDLE_TIMEOUT_MS = 20_000;
const DEFAULT_POLL_FOR_MS = 30_000;
/** Status codes of a server or proxy that offers no event stream. */
const NO_STREAM = new Set([404, 405, 406, 501]);

/**
 * Keeps an event stream open. Ends if there is none. Uses `fetch` because EventSource cannot send a token.
 * @throws QueueProblem that was confirmed, or the signal's reason
 */
export async function followByStream(context: FollowContext, state: FollowState): Promise<void> {
  const { signal, options, health } = context;
  const backoff = new Backoff(options.backoff);
  for (;;) {
    try {
      if (health.pauseMs > 0) await pause(health.pauseMs, signal);
      await streamSlots(signal, () => readStream(context, state, backoff));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof QueueProblem || error instanceof ConnectionError)) return; // polling continues
      state.onError(error, options.confirmMs);
      await pause(backoff.next(error.retryAfterMs), signal);
    }
  }
}

/** Reads one stream until it ends, which is an error. @throws StreamUnavailable, QueueProblem, ConnectionError, or the signal's reason */
async function readStream(context: FollowContext, state: FollowState, backoff: Backoff): Promise<never> {
  const { transport, concertId, token, signal, options, health } = context;
  const { firstByteMs = DEFAULT_FIRST_BYTE_MS, silentMs = DEFAULT_IDLE_TIMEOUT_MS } = options;
  const connecting = new TimeoutSignal(signal, transport.answerWithinMs);
  const stopListening = onOffline(() => connecting.abort(new Error('The device is offline.')));
  let outcome = 'none' as 'none' | 'withheld' | 'delivered';
  const onBytes = (): void => {
    outcome = 'delivered';
    backoff.reset();
    state.onBytes();
  };
  try {
    const response = await fetchFrom(transport, pathOf('followMyEntry', concertId), {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
        ...(state.lastEventId && { 'last-event-id': state.lastEventId }),
      },
      signal: connecting.signal,
    });
    connecting.endTimeout();
    const body = await bodyOf(response);
    outcome = 'withheld';
    for await (const { type, data, id } of eventsOf(body, { firstByteMs, silentMs, onBytes })) {
      if (id !== '') state.lastEventId = id;
      if (type === 'entry') state.onEntry(parseJson(data) as Entry);
      else if (type === 'queue') options.onQueue?.(parseJson(data) as QueueStatus);
    }
    throw new ConnectionError('The stream ended.');
  } catch (error) {
    if (error instanceof SilentStream) outcome = 'withheld';
    return throwKnownError(error, signal);
  } finally {
    if (outcome === 'withheld') health.withheld(options.pollForMs ?? DEFAULT_POLL_FOR_MS);
    else if (outcome === 'delivered') health.delivered();
    state.isStreaming = false;
    stopListening();
    connecting.abort(new Error('The stream is no longer needed.'));
  }
}

async function bodyOf(response: Response): Promise<ReadableStream<Uint8Array>> {
  if (NO_STREAM.has(response.status))
    throw new StreamUnavailable(`The stream responds with status ${response.status}.`);
  if (!response.ok) throw errorOf(response.status, await response.text(), response.headers);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (!isStream || !response.body) throw new StreamUnavailable('The response is not an event stream.');
  return response.body;
}
