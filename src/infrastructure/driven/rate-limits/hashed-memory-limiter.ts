import { randomBytes } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { murmur2 } from '../../../application/event-log/partitioner.ts';

/** Callers of a minute that are told apart. Each costs some 400 bytes. */
export const SLOTS = 65_536;

/**
 * Counts in this process's memory, which nobody fills by making up names: a name counts in one of so many slots. Who shares a slot
 * shares its count; which names do is drawn by each process, so that nobody can look for a name that takes another's turns.
 */
export class HashedMemoryLimiter extends RateLimiterMemory {
  readonly #secret = randomBytes(8).toString('hex');

  override getKey(name: string | number): string {
    return super.getKey((murmur2(Buffer.from(`${this.#secret}${name}`)) >>> 0) % SLOTS);
  }
}
