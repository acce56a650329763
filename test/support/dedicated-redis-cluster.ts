import { Redis } from 'ioredis';
import { freePorts } from '../../tools/stack/ports.ts';
import { type DedicatedRedis, startDedicatedRedis } from './dedicated-redis.ts';
import { eventually } from './eventually.ts';

const SLOTS = 16_384;
const MASTERS = 3;

/**
 * Starts a cluster of three masters without replicas, each of a third of the slots, in their order; what one of them holds is
 * away while it is, and nothing else.
 *
 * @param config directives of each master, beside the cluster's
 */
export async function startDedicatedRedisCluster(
  config: readonly Readonly<Record<string, string>>[] = [],
): Promise<readonly DedicatedRedis[]> {
  const bus = await freePorts(MASTERS);
  const started = await Promise.allSettled(
    bus.map((port, index) =>
      startDedicatedRedis({
        'cluster-enabled': 'yes',
        'cluster-port': `${port}`,
        'cluster-node-timeout': '2000',
        'cluster-require-full-coverage': 'no',
        ...config[index],
      }),
    ),
  );
  const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    await Promise.all(servers.map((_, index) => join(servers, bus, index)));
    return servers;
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }
}

/** The master that holds this key; of a concert's keys, the concertId is the hash tag. */
export async function masterOf(key: string, masters: readonly DedicatedRedis[]): Promise<DedicatedRedis> {
  for (const master of masters) {
    const hand = new Redis(master.url);
    try {
      await hand.exists(key);
      return master;
    } catch (error) {
      if (!String(error).includes('MOVED')) throw error;
    } finally {
      hand.disconnect();
    }
  }
  throw new Error(`nobody holds ${key}`);
}

/** Gives a server its slots, and waits until it sees all of them served. */
async function join(servers: readonly DedicatedRedis[], bus: readonly number[], index: number): Promise<void> {
  const hand = new Redis(servers[index]?.url ?? '');
  try {
    const [from = 0, to = 0] = [index, index + 1].map((third) => Math.floor((SLOTS * third) / MASTERS));
    await hand.call('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to - 1}`);
    for (const [other, { port }] of servers.entries())
      await hand.call('CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${bus[other]}`);
    const isWhole = async (): Promise<boolean> => {
      const info = String(await hand.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`);
    };
    await eventually(isWhole, { within: 20_000 });
  } finally {
    hand.disconnect();
  }
}
