import { type Problem, problemCodeValues } from './api.generated.ts';

/** The closed list of codes that the waiting room answers errors with. */
export type ErrorCode = Problem['code'];

/** The waiting room said no. `code` says why; `detail` is for logs, not for fans. */
export class QueueProblem extends Error {
  override readonly name = 'QueueProblem';
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  readonly detail: string;
  /** When asking again was advised, in milliseconds; undefined: not said. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, status: number, detail: string, retryAfterMs?: number) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may succeed later without anything being changed. It is always safe to repeat then. */
  get passes(): boolean {
    return this.status >= 500 || this.status === 429;
  }
}

/** No answer, or none that a waiting room gives: the network, a proxy, or a server that is starting. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Always: what broke may be whole the next time. */
  readonly passes = true;
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {}) {
    super(reason, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** There is no entry token for this concert in the token store: enter first. */
export class NoEntryError extends Error {
  override readonly name = 'NoEntryError';
}

/** Whether trying again is worth it. */
export function isPassing(error: unknown): error is QueueProblem | ConnectionError {
  return (error instanceof QueueProblem || error instanceof ConnectionError) && error.passes;
}

/** What an answer that is not a success says: a problem of ours, or that somebody else answered. */
export function errorOf(status: number, body: string, retryAfter: string | null): QueueProblem | ConnectionError {
  const retryAfterMs = millisecondsOf(retryAfter);
  const problem = problemIn(body);
  if (problem) return new QueueProblem(problem.code, status, problem.detail, retryAfterMs);
  return new ConnectionError(`Something that is no waiting room answered ${status}.`, { retryAfterMs });
}

function problemIn(body: string): Pick<Problem, 'code' | 'detail'> | undefined {
  try {
    const told = JSON.parse(body) as { readonly code?: unknown; readonly detail?: unknown } | null;
    const code = problemCodeValues.find((known) => known === told?.code);
    return code && { code, detail: typeof told?.detail === 'string' ? told.detail : '' };
  } catch {
    return undefined; // a proxy's page
  }
}

/** `Retry-After` in seconds or as a date. */
function millisecondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
