import { Redis } from 'ioredis';
import { FatalError } from '../../../application/errors.ts';
import { type RedisClient, untilReady } from './redis-client.ts';

/**
 * Checks at startup that Redis is reachable and does not evict keys under memory pressure.
 *
 * @param warn called when the policy cannot be read (managed services forbid CONFIG)
 * @throws FatalError for a `maxmemory-policy` other than `noeviction`; a plain Error, to be retried, while Redis is unavailable
 */
export async function checkRedis(client: RedisClient, warn: (message: string) => void): Promise<void> {
  await untilReady(client, 2_000);
  const servers = client instanceof Redis ? [client] : client.nodes('master');
  for (const policy of await Promise.all(servers.map(evictionPolicy))) {
    if (policy === undefined) {
      warn('The maxmemory-policy of Redis cannot be read: make sure that it is noeviction.');
    } else if (policy !== 'noeviction') {
      throw new FatalError(
        `Redis may evict queues (maxmemory-policy is ${policy}): set maxmemory-policy to noeviction.`,
      );
    }
  }
}

async function evictionPolicy(server: Redis): Promise<string | undefined> {
  try {
    const reply: unknown = await server.config('GET', 'maxmemory-policy');
    return Array.isArray(reply) ? String(reply[1]) : undefined;
  } catch (error) {
    if (error instanceof Error && /^(NOPERM|ERR unknown)/.test(error.message)) return undefined;
    throw error;
  }
}
