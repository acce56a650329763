import { Backoff, type BackoffRange } from './backoff.ts';
import { errorMessage } from './error-message.ts';

export interface RetryOptions extends BackoffRange {
  readonly signal: AbortSignal;
  /** Whether an error is permanent: `retry` then rejects with it. Default: no error is. */
  readonly isPermanent?: (error: unknown) => boolean;
  /** Called after each failed attempt with the message of its error. */
  readonly onFailure?: (reason: string) => void;
}

/**
 * Repeats an action with exponential back-off until it succeeds.
 *
 * @returns the result of the action; undefined if the signal aborted before it succeeded
 * @throws a permanent error
 */
export async function retry<T>(action: () => Promise<T>, options: RetryOptions): Promise<T | undefined> {
  const { signal, isPermanent = () => false, onFailure } = options;
  const backoff = new Backoff(options, signal);
  while (!signal.aborted) {
    try {
      return await action();
    } catch (error) {
      if (isPermanent(error)) throw error;
      onFailure?.(errorMessage(error));
      await backoff.pause();
    }
  }
  return undefined;
}
