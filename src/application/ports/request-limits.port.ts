import type { UserId } from '../../domain/types.ts';

/**
 * How many requests one address and one user may make in a minute, counted by all processes together.
 *
 * Each counts one request, and rejects with QueueError `TOO_MANY_REQUESTS` and the seconds until more are taken. undefined: there
 * is no such limit, and nothing to be counted.
 */
export interface RequestLimits {
  /** Of the caller; the addresses of one IPv6 network (/64) count as one, since one caller has them all. */
  readonly ofAddress: ((address: string) => Promise<void>) | undefined;
  /** Of the caller, for health and metrics: a count of its own. */
  readonly ofProbe: ((address: string) => Promise<void>) | undefined;
  /** Of an admission that a protected site verifies, once for each file of a page: ten times the limit of a user. */
  readonly ofVerification: ((userId: UserId) => Promise<void>) | undefined;
  readonly ofUser: ((userId: UserId) => Promise<void>) | undefined;
}
export const RequestLimits = Symbol('RequestLimits');
