import type { ErrorCode } from '../../../../application/errors.ts';

interface ProblemDefinition {
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly advice: string;
}

const AGAIN = 'ask again after `Retry-After`: always safe, and the earliest place is kept';

/** The one place that gives codes their status and words; the documents are generated from it. */
export const PROBLEMS: Readonly<Record<ErrorCode, ProblemDefinition>> = {
  INVALID_REQUEST: {
    status: 400,
    title: 'The request is not valid',
    advice: 'mend what `detail` names: a field and the rule it breaks',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid token is needed',
    advice: 'bring a token that this service gave out and still knows',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The token does not allow this',
    advice: 'the token is good, but for something else: another concert, another role',
  },
  CONCERT_NOT_FOUND: {
    status: 404,
    title: 'No queue was configured for this concert',
    advice: 'have an operator configure it',
  },
  USER_NOT_FOUND: {
    status: 404,
    title: 'The user is not known',
    advice: 'the shop has no user with this phone number',
  },
  NOT_FOUND: { status: 404, title: 'There is nothing here', advice: 'look at the path: `/openapi.json` lists all' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This cannot be done here', advice: '`Allow` says what can be done here' },
  NOT_READY: { status: 409, title: 'The entry is not called yet', advice: 'wait until the entry is READY' },
  ADMISSION_ENDED: { status: 409, title: 'The admission has ended', advice: 'the slot is gone: ask for entry again' },
  QUEUE_NOT_OPEN: { status: 409, title: 'The queue is not open yet', advice: 'come back at `opensAt`' },
  QUEUE_CLOSED: { status: 409, title: 'The queue is closed', advice: 'nobody can enter any more' },
  QUEUE_FULL: { status: 409, title: 'The queue is full', advice: 'nobody can enter until someone leaves or is called' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large', advice: 'send at most 16 KiB' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body is of another media type',
    advice: 'send `application/json`',
  },
  INSUFFICIENT_BALANCE: { status: 422, title: 'The balance is too low', advice: 'the policy asks for more points' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests', advice: 'wait for `Retry-After`' },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong here',
    advice: 'our fault: `X-Request-Id` finds it in the log',
  },
  LOG_UNAVAILABLE: { status: 503, title: 'The event log does not answer', advice: AGAIN },
  PROJECTION_UNAVAILABLE: { status: 503, title: 'The view of the queue is not available', advice: AGAIN },
  ELIGIBILITY_UNAVAILABLE: { status: 503, title: 'Eligibility cannot be checked', advice: AGAIN },
  OVERLOADED: { status: 503, title: 'Too much is going on', advice: AGAIN },
};

export const CODES: readonly ErrorCode[] = Object.keys(PROBLEMS).filter((code): code is ErrorCode => code in PROBLEMS);

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** What went wrong, ready to be answered. */
export interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** RFC 9457. */
export function problemDocument(code: ErrorCode, detail: string): Readonly<Record<string, string | number>> {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:concert-queue:problem:${code.toLowerCase().replaceAll('_', '-')}`, title, status, detail, code };
}

/** The header fields of an answer with this problem. */
export function problemHeaders({ code, headers }: Problem): Record<string, string> {
  const { status } = PROBLEMS[code];
  return {
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 429 || status === 503 ? { 'retry-after': '1' } : {}),
    ...headers,
  };
}
