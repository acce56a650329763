import type { Policy } from '../../src/domain/events.generated.ts';
import type { ApiResponse } from './history.ts';

/** A response and the token in it. */
export interface ApiResult {
  readonly response: ApiResponse;
  readonly token?: string;
}

/** The public API, over HTTP or in process. Never rejects: a failed call gives `silence`. */
export interface ApiDriver {
  enter(concertId: string, userId: string): Promise<ApiResult>;
  getEntry(concertId: string, entryToken: string): Promise<ApiResult>;
  leave(concertId: string, entryToken: string): Promise<ApiResult>;
  claim(concertId: string, entryToken: string): Promise<ApiResult>;
  complete(admissionToken: string): Promise<ApiResult>;
  verify(admissionToken: string): Promise<ApiResult>;
  configure(concertId: string, policy: Policy): Promise<ApiResult>;
  changeState(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<ApiResult>;
  changeUser(concertId: string, userId: string, change: 'disqualify' | 'reinstate'): Promise<ApiResult>;
  getQueue(concertId: string): Promise<ApiResult>;
}

/** The response for an error code: a rejection, or `silence` for a code that leaves the outcome open. */
export function refusal(code: string): ApiResponse {
  const isOutcomeOpen = ['LOG_UNAVAILABLE', 'PROJECTION_UNAVAILABLE', 'OVERLOADED'].includes(code);
  return isOutcomeOpen ? { is: 'silence', why: code } : { is: 'refused', code };
}
