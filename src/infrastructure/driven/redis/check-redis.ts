import { Redis } from 'ioredis';
import { FatalError } from '../../../application/errors.ts';
import { type RedisClient, untilReady } from './redis-client.ts';

/**
 * The check at start: Redis answers, and keeps what is written to it rather than evict it under memory pressure.
 *
 * @param warn told when the server does not let itself be asked (managed ones forbid CONFIG)
 * @throws FatalError for another `maxmemory-policy`; a plain Error while Redis is away: to be retried
 */
export async function checkRedis(client: RedisClient, warn: (message: string) => void): Promise<void> {
  await untilReady(client, 2_000);
  const servers = client instanceof Redis ? [client] : client.nodes('master');
  for (const policy of await Promise.all(servers.map(evictionPolicy))) {
    if (policy === undefined) {
      warn('Redis does not tell its maxmemory-policy: make sure that it is noeviction.');
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
