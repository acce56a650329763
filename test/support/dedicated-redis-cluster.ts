import { Redis } from 'ioredis';
import { freePorts } from '../../tools/stack/ports.ts';
import { type DedicatedRedis, startDedicatedRedis } from './dedicated-redis.ts';
import { eventually } from './eventually.ts';

const SLOTS = 16_384;
const MASTERS = 3;

/**
 * Starts a cluster of three masters without replicas, each with a third of the slots in order. While a master is down, only
 * its keys are unavailable.
 *
 * @param config extra directives of each master
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

/** The master that holds this key. The hash tag of a concert's keys is the concertId. */
export async function masterOf(key: string, masters: readonly DedicatedRedis[]): Promise<DedicatedRedis> {
  for (const master of masters) {
    const client = new Redis(master.url);
    try {
      await client.exists(key);
      return master;
    } catch (error) {
      if (!String(error).includes('MOVED')) throw error;
    } finally {
      client.disconnect();
    }
  }
  throw new Error(`no master holds ${key}`);
}

/** Assigns its slots to a server and waits until it sees the whole cluster. */
async function join(servers: readonly DedicatedRedis[], bus: readonly number[], index: number): Promise<void> {
  const client = new Redis(servers[index]?.url ?? '');
  try {
    const [from = 0, to = 0] = [index, index + 1].map((third) => Math.floor((SLOTS * third) / MASTERS));
    await client.call('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to - 1}`);
    for (const [other, { port }] of servers.entries())
      await client.call('CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${bus[other]}`);
    const isWhole = async (): Promise<boolean> => {
      const info = String(await client.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`);
    };
    await eventually(isWhole, { within: 20_000 });
  } finally {
    client.disconnect();
  }
}
