import { type RateLimiterAbstract, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { QueueError } from '../../../application/errors.ts';
import type { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import type { UserId } from '../../../domain/types.ts';
import { clientSubnet } from '../../../lib/client-subnet.ts';
import { BatchedCounter, type CountingRedis } from './batched-counter.ts';
import { HashedMemoryLimiter } from './hashed-memory-limiter.ts';

const MINUTE_SECONDS = 60;

export interface RequestLimitSettings {
  /** Requests per minute; 0: no limit. */
  readonly perAddress: number;
  readonly perUser: number;
  /** Prefix of all keys. */
  readonly namePrefix: string;
}

/**
 * Counts requests in windows of one minute that start with the first request. Counts are shared in Redis. While Redis is unavailable
 * or not configured, each process counts in memory and applies the limit by itself.
 */
export class FlexibleRequestLimits implements RequestLimits {
  readonly ofAddress: ((address: string) => Promise<void>) | undefined;
  readonly ofProbe: ((address: string) => Promise<void>) | undefined;
  readonly ofVerification: ((userId: UserId) => Promise<void>) | undefined;
  readonly ofUser: ((userId: UserId) => Promise<void>) | undefined;

  /** @param redis a client that fails fast; undefined: count in memory */
  constructor({ perAddress, perUser, namePrefix }: RequestLimitSettings, redis: CountingRedis | undefined) {
    const shared = redis && new BatchedCounter(redis, MINUTE_SECONDS);
    // One hash tag, so that one call can count all of them in a cluster.
    const addresses = limiter(perAddress, `${namePrefix}{limit}:address`, shared);
    const users = limiter(perUser, `${namePrefix}{limit}:user`, shared);
    this.ofAddress = addresses && ((address) => count(addresses, clientSubnet(address), 'this address'));
    this.ofProbe = addresses && ((address) => count(addresses, `probe ${clientSubnet(address)}`, 'this address'));
    const verifications = limiter(10 * perUser, `${namePrefix}{limit}:verify`, shared);
    this.ofVerification = verifications && ((userId) => count(verifications, userId, 'this user'));
    this.ofUser = users && ((userId) => count(users, userId, 'this user'));
  }
}

function limiter(
  points: number,
  keyPrefix: string,
  shared: BatchedCounter | undefined,
): RateLimiterAbstract | undefined {
  if (points === 0) return undefined;
  const options = { points, duration: MINUTE_SECONDS, keyPrefix };
  const local = new HashedMemoryLimiter(options);
  if (!shared) return local;
  return new RateLimiterRedis({
    ...options,
    storeClient: shared,
    rejectIfRedisNotReady: true,
    insuranceLimiter: local,
    // Callers over the limit are rejected from memory, without a call to Redis.
    inMemoryBlockOnConsumed: points + 1,
  });
}

async function count(limiter: RateLimiterAbstract, key: string, subject: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new QueueError('TOO_MANY_REQUESTS', `Too many requests of ${subject} in this minute.`, {
      retryAfterSeconds: Math.max(1, error.msBeforeNext / 1000),
    });
  }
}
