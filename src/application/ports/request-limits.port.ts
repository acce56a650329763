import type { UserId } from '../../domain/types.ts';

/**
 * Limits on the requests of one address and one user in a minute, counted by all processes together.
 *
 * Each counts one request, and rejects with QueueError `TOO_MANY_REQUESTS` and the seconds until more are accepted. undefined:
 * no limit.
 */
export interface RequestLimits {
  /** By address; the addresses of one IPv6 network (/64) count as one, because one caller can use them all. */
  readonly ofAddress: ((address: string) => Promise<void>) | undefined;
  /** By address, for health and metrics, counted separately. */
  readonly ofProbe: ((address: string) => Promise<void>) | undefined;
  /** By user, for verifications by the protected site, which verifies each file of a page: ten times the limit of a user. */
  readonly ofVerification: ((userId: UserId) => Promise<void>) | undefined;
  readonly ofUser: ((userId: UserId) => Promise<void>) | undefined;
}
export const RequestLimits = Symbol('RequestLimits');
