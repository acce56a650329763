import { CALLS } from './api.generated.ts';
import { ConnectionError, errorOf } from './errors.ts';

export interface Transport {
  /** Where the API answers, without a closing slash; empty: where the page comes from. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  /** An answer has this long to come. */
  readonly answerWithinMs: number;
}

export interface Call {
  readonly concertId?: string | undefined;
  readonly bearer?: string | undefined;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** One call. Resolves with a success or 304. @throws QueueProblem, ConnectionError, or the signal's reason */
export async function ask(transport: Transport, name: keyof typeof CALLS, call: Call): Promise<Response> {
  const { signal, concertId = '', bearer, body } = call;
  const { method, path } = CALLS[name];
  const late = AbortSignal.timeout(transport.answerWithinMs);
  const answer = await reach(transport, path.replace('{concertId}', encodeURIComponent(concertId)), {
    method,
    headers: headersOf(bearer, body, call.headers),
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.any([signal, late]),
  }).catch((error: unknown) => broken(error, signal));
  if (answer.ok || answer.status === 304) return answer;
  const text = await answer.text().catch((error: unknown) => broken(error, signal));
  throw errorOf(answer.status, text, answer.headers.get('retry-after'));
}

/** As `ask`, with the JSON that it answers. */
export async function askJson<T>(transport: Transport, name: keyof typeof CALLS, call: Call): Promise<T> {
  const answer = await ask(transport, name, call);
  // The one place where bytes become types: the tests hold them against the API's own description.
  return (await answer.json().catch((error: unknown) => broken(error, call.signal))) as T;
}

/** Sends it. `fetch` must not be called as a method of something else: browsers refuse that. */
export function reach({ baseUrl, fetch: send }: Transport, path: string, init: RequestInit): Promise<Response> {
  return send(`${baseUrl}${path}`, { cache: 'no-store', credentials: 'same-origin', ...init });
}

/** @throws the signal's reason if it was called off; else says that the connection broke */
export function broken(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  throw new ConnectionError('The waiting room does not answer.', { cause: error });
}

function headersOf(bearer?: string, body?: object, others: Readonly<Record<string, string>> = {}) {
  return {
    accept: 'application/json',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    ...(body && { 'content-type': 'application/json' }),
    ...others,
  };
}
