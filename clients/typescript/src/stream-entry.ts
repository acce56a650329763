import { CALLS, type Entry } from './api.generated.ts';
import { ConnectionError, errorOf, QueueProblem } from './errors.ts';
import { eventsOf } from './event-stream.ts';
import type { Followed } from './follow.ts';
import { broken, reach } from './http.ts';

const SILENT_MS = 45_000;
/** Answers that say that there is no stream to be had, rather than that something is broken. */
const NO_STREAM = new Set([404, 405, 406, 501]);

/** There are no streams here: ask instead. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused';
}

/**
 * The entry at each change, as the stream tells it; ends when the stream ends. By `fetch`, not EventSource, which cannot bear
 * a token. @throws StreamRefused, QueueProblem, ConnectionError, or the signal's reason
 */
export async function* streamed(
  { transport, concertId, token, signal, options }: Followed,
  resume: { lastEventId: string },
): AsyncGenerator<Entry> {
  const connecting = new AbortController();
  const late = setTimeout(() => connecting.abort(new Error('no answer in time')), transport.answerWithinMs);
  try {
    const answer = await reach(
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
    ).catch((error: unknown) => broken(error, signal));
    clearTimeout(late);
    if (NO_STREAM.has(answer.status)) throw new StreamRefused(`The stream answers ${answer.status}.`);
    if (!answer.ok) throw errorOf(answer.status, await answer.text(), answer.headers.get('retry-after'));
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
    if (!isStream || !answer.body) throw new StreamRefused('What answers is no stream.');
    for await (const { type, data, id } of eventsOf(answer.body, options.silentMs ?? SILENT_MS)) {
      if (id !== '') resume.lastEventId = id;
      if (type === 'entry') yield JSON.parse(data) as Entry; // held against the API's description by the tests
    }
  } catch (error) {
    const isTold = error instanceof StreamRefused || error instanceof QueueProblem || error instanceof ConnectionError;
    if (isTold) throw error;
    broken(error, signal);
  } finally {
    clearTimeout(late);
    connecting.abort();
  }
}
