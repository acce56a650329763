import type { ErrorCode } from '../../application/errors.ts';

/** The one place that gives codes their status and words. */
export const PROBLEMS: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  INVALID_REQUEST: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'A valid token is needed' },
  FORBIDDEN: { status: 403, title: 'The token does not allow this' },
  CONCERT_NOT_FOUND: { status: 404, title: 'No queue was configured for this concert' },
  USER_NOT_FOUND: { status: 404, title: 'The user is not known' },
  NOT_FOUND: { status: 404, title: 'There is nothing here' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This cannot be done here' },
  NOT_READY: { status: 409, title: 'The entry is not called yet' },
  ADMISSION_ENDED: { status: 409, title: 'The admission has ended' },
  QUEUE_NOT_OPEN: { status: 409, title: 'The queue is not open yet' },
  QUEUE_CLOSED: { status: 409, title: 'The queue is closed' },
  QUEUE_FULL: { status: 409, title: 'The queue is full' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body is of another media type' },
  INSUFFICIENT_BALANCE: { status: 422, title: 'The balance is too low' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'Something went wrong here' },
  LOG_UNAVAILABLE: { status: 503, title: 'The event log does not answer' },
  PROJECTION_UNAVAILABLE: { status: 503, title: 'The view of the queue is not available' },
  ELIGIBILITY_UNAVAILABLE: { status: 503, title: 'Eligibility cannot be checked' },
  OVERLOADED: { status: 503, title: 'Too much is going on' },
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
