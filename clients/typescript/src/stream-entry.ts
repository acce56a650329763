import { CALLS, type Entry } from './api.generated.ts';
import { ConnectionError, errorOf, QueueProblem } from './errors.ts';
import { eventsOf } from './event-stream.ts';
import type { FollowContext } from './follow.ts';
import { fetchFrom, throwConnectionError } from './http.ts';

const DEFAULT_IDLE_TIMEOUT_MS = 45_000;
/** Status codes of a server or proxy that offers no event stream. */
const NO_STREAM = new Set([404, 405, 406, 501]);

/** The server offers no event stream; poll instead. */
export class StreamUnavailable extends Error {
  override readonly name = 'StreamUnavailable';
}

/**
 * Yields the entry at each event until the stream ends. Uses `fetch` because EventSource cannot send a token. @throws StreamUnavailable, QueueProblem, ConnectionError, or the signal's reason
 */
export async function* streamEntry(
  { transport, concertId, token, signal, options }: FollowContext,
  resume: { lastEventId: string },
): AsyncGenerator<Entry> {
  const connecting = new AbortController();
  const timeout = setTimeout(() => connecting.abort(new Error('no response in time')), transport.answerWithinMs);
  try {
    const response = await fetchFrom(
      transport,
      CALLS.followMyEntry.path.replace('{concertId}', encodeURIComponent(concertId)),
      {
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${token}`,
          ...(resume.lastEventId && { 'last-event-id': resume.lastEventId }),
        },
        signal: AbortSignal.any([signal, connecting.signal]),
      },
    ).catch((error: unknown) => throwConnectionError(error, signal));
    clearTimeout(timeout);
    if (NO_STREAM.has(response.status))
      throw new StreamUnavailable(`The stream responds with status ${response.status}.`);
    if (!response.ok) throw errorOf(response.status, await response.text(), response.headers.get('retry-after'));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!isStream || !response.body) throw new StreamUnavailable('The response is not an event stream.');
    for await (const { type, data, id } of eventsOf(response.body, options.silentMs ?? DEFAULT_IDLE_TIMEOUT_MS)) {
      if (id !== '') resume.lastEventId = id;
      if (type === 'entry') yield JSON.parse(data) as Entry; // the type is generated from the OpenAPI description
    }
  } catch (error) {
    const isKnown =
      error instanceof StreamUnavailable || error instanceof QueueProblem || error instanceof ConnectionError;
    if (isKnown) throw error;
    throwConnectionError(error, signal);
  } finally {
    clearTimeout(timeout);
    connecting.abort();
  }
}
