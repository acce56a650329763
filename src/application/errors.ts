import { errorMessage } from '../lib/error-message.ts';

/** The closed list of error codes. HTTP and GraphQL each map them to a status in one place. */
export type ErrorCode =
  | 'INVALID_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CONCERT_NOT_FOUND'
  | 'USER_NOT_FOUND'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_READY'
  | 'ADMISSION_ENDED'
  | 'QUEUE_NOT_OPEN'
  | 'QUEUE_CLOSED'
  | 'QUEUE_FULL'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'INSUFFICIENT_BALANCE'
  | 'TOO_MANY_REQUESTS'
  | 'INTERNAL'
  | 'LOG_UNAVAILABLE'
  | 'PROJECTION_UNAVAILABLE'
  | 'ELIGIBILITY_UNAVAILABLE'
  | 'OVERLOADED';

/** An error whose message is meant for the caller: it names no internals. */
export class QueueError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number }) {
    super(detail, options);
    this.name = 'QueueError';
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  /** Set where a later retry is advised. */
  readonly retryAfterSeconds: number | undefined;
}

/** An error that no retry resolves: wrong settings, or another topic than the projected one. Ends the process with one line and status 1. */
export class FatalError extends Error {
  override name = 'FatalError';
}

export function isFatal(error: unknown): error is FatalError {
  return error instanceof FatalError;
}

/**
 * For `catch`: reports a failed call to a backend as unavailable. Passes on errors that have a code already.
 * @throws QueueError, FatalError
 */
export function orUnavailable(
  code: 'LOG_UNAVAILABLE' | 'PROJECTION_UNAVAILABLE',
  preface = '',
): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof FatalError || cause instanceof QueueError) throw cause;
    throw new QueueError(code, preface + errorMessage(cause), { cause });
  };
}

/** The shop's user data cannot be read. The detail names no cause: causes are for the operator. */
export function eligibilityUnavailable(retryAfterSeconds: number): QueueError {
  return new QueueError('ELIGIBILITY_UNAVAILABLE', 'The records needed to check this request cannot be reached.', {
    retryAfterSeconds,
  });
}

/** The view has lost data and its projector is rebuilding it. */
export function viewBeingRebuilt(): QueueError {
  return new QueueError('PROJECTION_UNAVAILABLE', 'The view is being rebuilt.', { retryAfterSeconds: 1 });
}
