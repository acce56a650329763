import { freePorts } from '../../tools/stack/ports.ts';
import { type DedicatedRedis, startDedicatedRedis } from '../support/dedicated-redis.ts';
import { masterOf, startDedicatedRedisCluster } from '../support/dedicated-redis-cluster.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import type { FaultSetup } from './servers.ts';

/** A concert of the simulation (test/history/simulated-users.ts). */
const CONCERT = 'open-air';

/** The Redis servers of the view, each behind its own proxy. */
export interface ViewServers {
  /** The server on which faults are injected; in a cluster the master of `open-air`. */
  readonly redis: DedicatedRedis;
  /** The connections of the processes to `redis`. */
  readonly proxy: TcpProxy;
  /** Options of the installation. */
  readonly addresses: { readonly redisUrl: string } | { readonly redisNodes: readonly string[] };
}

export function openView(setup: FaultSetup, resources: AsyncDisposableStack): Promise<ViewServers> {
  return setup.redisMasters === 3 ? cluster(resources) : singleRedis(setup, resources);
}

async function singleRedis(
  { redis: config, redisLauncher }: FaultSetup,
  resources: AsyncDisposableStack,
): Promise<ViewServers> {
  const [port = 0] = await freePorts(1);
  const redis = resources.use(await startDedicatedRedis(config, redisLauncher));
  const proxy = await proxied(port, redis, resources);
  return { redis, proxy, addresses: { redisUrl: `redis://127.0.0.1:${port}` } };
}

async function cluster(resources: AsyncDisposableStack): Promise<ViewServers> {
  const ports = await freePorts(3);
  const masters = await startDedicatedRedisCluster(ports.map((port) => ({ 'cluster-announce-port': `${port}` })));
  for (const master of masters) resources.use(master);
  const proxies = await Promise.all(masters.map((master, index) => proxied(ports[index] ?? 0, master, resources)));
  const redis = await masterOf(CONCERT, masters);
  const proxy = proxies[masters.indexOf(redis)];
  if (!proxy) throw new Error(`no master holds ${CONCERT}`);
  return { redis, proxy, addresses: { redisNodes: ports.map((port) => `127.0.0.1:${port}`) } };
}

async function proxied(
  port: number,
  { port: targetPort }: DedicatedRedis,
  resources: AsyncDisposableStack,
): Promise<TcpProxy> {
  return resources.use(await TcpProxy.start({ port, targetPort }));
}
