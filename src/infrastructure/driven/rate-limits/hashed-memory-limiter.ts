import { randomBytes } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { murmur2 } from '../../../application/event-log/partitioner.ts';

/** Number of counters; each uses about 400 bytes. */
export const SLOTS = 65_536;

/**
 * Counts requests in memory of bounded size: each key is hashed to one of SLOTS counters, and keys in the same slot share a count.
 * Each process hashes with its own secret, so a caller cannot choose a key that shares the slot of another.
 */
export class HashedMemoryLimiter extends RateLimiterMemory {
  readonly #secret = randomBytes(8).toString('hex');

  override getKey(name: string | number): string {
    return super.getKey((murmur2(Buffer.from(`${this.#secret}${name}`)) >>> 0) % SLOTS);
  }
}
