import { type Problem, problemCodeValues } from './api.generated.ts';

/** The closed list of error codes of the waiting room. */
export type ErrorCode = Problem['code'];

/** The waiting room rejected the request. `code` is the reason; `detail` is for logs, not for users. */
export class QueueProblem extends Error {
  override readonly name = 'QueueProblem';
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  readonly detail: string;
  /** Delay of `Retry-After` in milliseconds; undefined without that header. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, status: number, detail: string, retryAfterMs?: number) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may succeed later. Repeating it is safe. */
  get passes(): boolean {
    return this.status >= 500 || this.status === 429;
  }
}

/** No response, or one that is not of the waiting room: a network error, a proxy, or a server that is starting. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Connection errors are always retryable. */
  readonly passes = true;
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {}) {
    super(reason, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The token store has no entry token for this concert. Call `enter` first. */
export class NoEntryError extends Error {
  override readonly name = 'NoEntryError';
}

/** The server or a proxy offers no event stream; poll instead. */
export class StreamUnavailable extends Error {
  override readonly name = 'StreamUnavailable';
}

export function isClientError(error: unknown): error is QueueProblem | ConnectionError | StreamUnavailable {
  return error instanceof QueueProblem || error instanceof ConnectionError || error instanceof StreamUnavailable;
}

/** Whether the error is temporary: a connection error, status 429 or status 5xx. */
export function isPassing(error: unknown): error is QueueProblem | ConnectionError {
  return (error instanceof QueueProblem || error instanceof ConnectionError) && error.passes;
}

/** The error for an unsuccessful response: a QueueProblem if the body is a problem document. */
export function errorOf(status: number, body: string, headers: Headers): QueueProblem | ConnectionError {
  const retryAfterMs = retryAfterOf(headers);
  const problem = problemIn(body);
  if (problem) return new QueueProblem(problem.code, status, problem.detail, retryAfterMs);
  return new ConnectionError(`The response with status ${status} is not from the waiting room.`, { retryAfterMs });
}

function problemIn(body: string): Pick<Problem, 'code' | 'detail'> | undefined {
  try {
    const document = JSON.parse(body) as { readonly code?: unknown; readonly detail?: unknown } | null;
    const code = problemCodeValues.find((known) => known === document?.code);
    return code && { code, detail: typeof document?.detail === 'string' ? document.detail : '' };
  } catch {
    return undefined; // for example the HTML page of a proxy
  }
}

/** Parses `Retry-After`: seconds, or a date, which counts from the `Date` of the response and not from the device's clock. */
function retryAfterOf(headers: Headers): number | undefined {
  const retryAfter = headers.get('retry-after');
  if (retryAfter === null) return undefined;
  const ms = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
