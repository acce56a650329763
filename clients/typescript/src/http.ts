import { CALLS } from './api.generated.ts';
import { ConnectionError, errorOf } from './errors.ts';

export interface Transport {
  /** Base URL of the API without a trailing slash; empty: the origin of the page. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  /** Timeout of a response in milliseconds. */
  readonly answerWithinMs: number;
}

export interface Call {
  readonly concertId?: string | undefined;
  readonly bearer?: string | undefined;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Sends one API call. Resolves on success or 304. @throws QueueProblem, ConnectionError, or the signal's reason */
export async function send(transport: Transport, name: keyof typeof CALLS, call: Call): Promise<Response> {
  const { signal, concertId = '', bearer, body } = call;
  const { method, path } = CALLS[name];
  const timeout = AbortSignal.timeout(transport.answerWithinMs);
  const response = await fetchFrom(transport, path.replace('{concertId}', encodeURIComponent(concertId)), {
    method,
    headers: headersOf(bearer, body, call.headers),
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.any([signal, timeout]),
  }).catch((error: unknown) => throwConnectionError(error, signal));
  if (response.ok || response.status === 304) return response;
  const text = await response.text().catch((error: unknown) => throwConnectionError(error, signal));
  throw errorOf(response.status, text, response.headers.get('retry-after'));
}

/** Sends one API call and parses the JSON of the response. */
export async function sendJson<T>(transport: Transport, name: keyof typeof CALLS, call: Call): Promise<T> {
  const response = await send(transport, name, call);
  // Not validated at run time: the types are generated from the OpenAPI description.
  return (await response.json().catch((error: unknown) => throwConnectionError(error, call.signal))) as T;
}

/** Calls `fetch` as a plain function: browsers reject it as a method of another object. */
export function fetchFrom(
  { baseUrl, fetch: fetchFunction }: Transport,
  path: string,
  init: RequestInit,
): Promise<Response> {
  return fetchFunction(`${baseUrl}${path}`, { cache: 'no-store', credentials: 'same-origin', ...init });
}

/** @throws the signal's reason when aborted, otherwise a ConnectionError */
export function throwConnectionError(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  throw new ConnectionError('The waiting room does not respond.', { cause: error });
}

function headersOf(bearer?: string, body?: object, others: Readonly<Record<string, string>> = {}) {
  return {
    accept: 'application/json',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    ...(body && { 'content-type': 'application/json' }),
    ...others,
  };
}
