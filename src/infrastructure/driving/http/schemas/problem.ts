import type { ErrorCode } from '../../../../application/errors.ts';

interface ProblemDefinition {
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly advice: string;
}

const RETRY_ADVICE = 'retry after `Retry-After`; a retry is safe and keeps the earliest place';

/** Status and texts of each code; the OpenAPI document and docs/api.md are generated from it. */
export const PROBLEMS: Readonly<Record<ErrorCode, ProblemDefinition>> = {
  INVALID_REQUEST: {
    status: 400,
    title: 'The request is not valid',
    advice: 'correct the field that `detail` names',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid token is required',
    advice: 'send a valid, unexpired token of this service',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The token does not permit this call',
    advice: 'the token is valid for another concert or another role',
  },
  CONCERT_NOT_FOUND: {
    status: 404,
    title: 'No queue is configured for this concert',
    advice: 'an operator must configure it first',
  },
  USER_NOT_FOUND: {
    status: 404,
    title: 'The user is unknown',
    advice: 'the shop has no user with this phone number',
  },
  NOT_FOUND: { status: 404, title: 'No such resource', advice: 'check the path; `/openapi.json` lists all' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed', advice: '`Allow` lists the allowed methods' },
  NOT_READY: { status: 409, title: 'The entry has not been called yet', advice: 'wait until the entry is READY' },
  ADMISSION_ENDED: {
    status: 409,
    title: 'The admission has ended',
    advice: 'the slot is free again; request entry again',
  },
  QUEUE_NOT_OPEN: { status: 409, title: 'The queue is not open yet', advice: 'retry at `opensAt`' },
  QUEUE_CLOSED: { status: 409, title: 'The queue is closed', advice: 'the queue accepts no more entries' },
  QUEUE_FULL: { status: 409, title: 'The queue is full', advice: 'retry after entries have left or were called' },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    advice: 'send at most 16 KiB, or 128 KiB for a notice',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    advice: 'send `application/json`',
  },
  INSUFFICIENT_BALANCE: { status: 422, title: 'The balance is too low', advice: 'the policy requires more points' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests', advice: 'wait for `Retry-After`' },
  INTERNAL: {
    status: 500,
    title: 'Internal error',
    advice: 'find the cause in the server log by `X-Request-Id`',
  },
  LOG_UNAVAILABLE: { status: 503, title: 'The event log is unavailable', advice: RETRY_ADVICE },
  PROJECTION_UNAVAILABLE: { status: 503, title: 'The view of the queue is unavailable', advice: RETRY_ADVICE },
  ELIGIBILITY_UNAVAILABLE: { status: 503, title: 'Eligibility cannot be checked', advice: RETRY_ADVICE },
  OVERLOADED: { status: 503, title: 'The service is overloaded', advice: RETRY_ADVICE },
};

export const CODES: readonly ErrorCode[] = Object.keys(PROBLEMS).filter((code): code is ErrorCode => code in PROBLEMS);

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** An error as the API reports it. */
export interface ApiProblem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** RFC 9457. */
export function problemDocument(code: ErrorCode, detail: string): Readonly<Record<string, string | number>> {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:concert-queue:problem:${code.toLowerCase().replaceAll('_', '-')}`, title, status, detail, code };
}

/** The header fields of a response with this problem. */
export function problemHeaders({ code, headers }: ApiProblem): Record<string, string> {
  const { status } = PROBLEMS[code];
  return {
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 429 || status === 503 ? { 'retry-after': '1' } : {}),
    ...headers,
  };
}
