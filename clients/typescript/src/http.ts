import { CALLS } from './api.generated.ts';
import { ConnectionError, errorOf, isClientError } from './errors.ts';
import type { ServerClock } from './server-clock.ts';
import { TimeoutSignal } from './timeout-signal.ts';

export interface Transport {
  /** Base URL of the API without a trailing slash; empty: the origin of the page. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  /** Timeout of a response, including its body, in milliseconds. */
  readonly answerWithinMs: number;
  readonly clock: ServerClock;
}

export interface Call {
  readonly concertId?: string | undefined;
  readonly bearer?: string | undefined;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A complete response. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends one API call. Resolves on success or 304. @throws QueueProblem, ConnectionError, or the signal's reason */
export async function send(transport: Transport, name: keyof typeof CALLS, call: Call): Promise<Answer> {
  const { signal, bearer, body } = call;
  const { method } = CALLS[name];
  const limit = new TimeoutSignal(signal, transport.answerWithinMs);
  try {
    const response = await fetchFrom(transport, pathOf(name, call.concertId), {
      method,
      headers: headersOf(bearer, body, call.headers),
      ...(body && { body: JSON.stringify(body) }),
      signal: limit.signal,
    });
    const { ok, status, headers } = response;
    const answer = { status, headers, body: await response.text() };
    if (ok || status === 304) return answer;
    throw errorOf(status, answer.body, headers);
  } catch (error) {
    return throwKnownError(error, signal);
  } finally {
    limit.dispose();
  }
}

/** Sends one API call and parses the JSON of the response. */
export async function sendJson<T>(transport: Transport, name: keyof typeof CALLS, call: Call): Promise<T> {
  return parseJson((await send(transport, name, call)).body) as T;
}

/** Not validated at run time: the types are generated from the OpenAPI description. @throws ConnectionError */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new ConnectionError('The response is not from the waiting room.', { cause: error });
  }
}

export function pathOf(name: keyof typeof CALLS, concertId = ''): string {
  return CALLS[name].path.replace('{concertId}', encodeURIComponent(concertId));
}

/** Calls `fetch` as a plain function: browsers reject it as a method of another object. */
export async function fetchFrom(
  { baseUrl, fetch: fetchFunction, clock }: Transport,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const response = await fetchFunction(`${baseUrl}${path}`, { cache: 'no-store', credentials: 'same-origin', ...init });
  clock.observe(response.headers);
  return response;
}

/** @throws the signal's reason when aborted, an error of the client as it is, otherwise a ConnectionError */
export function throwKnownError(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  if (isClientError(error)) throw error;
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
