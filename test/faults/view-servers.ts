import { freePorts } from '../../tools/stack/ports.ts';
import { type PrivateRedis, startPrivateRedis } from '../support/dedicated-redis.ts';
import { masterOf, startPrivateRedisCluster } from '../support/dedicated-redis-cluster.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import type { Setting } from './servers.ts';

/** One of the concerts of every crowd (test/history/simulated-users.ts). */
const CONCERT = 'open-air';

/** What the view of a scene is in, each server behind a proxy of its own. */
export interface ViewServers {
  /** The one that is broken; of a cluster, the master of `open-air`. */
  readonly redis: PrivateRedis;
  /** Everyone else's way to it. */
  readonly proxy: TcpProxy;
  /** As an installation takes them. */
  readonly addresses: { readonly redisUrl: string } | { readonly redisNodes: readonly string[] };
}

export function openView(setting: Setting, resources: AsyncDisposableStack): Promise<ViewServers> {
  return setting.redisMasters === 3 ? cluster(resources) : single(setting, resources);
}

async function single(
  { redis: config, redisLauncher }: Setting,
  resources: AsyncDisposableStack,
): Promise<ViewServers> {
  const [port = 0] = await freePorts(1);
  const redis = resources.use(await startPrivateRedis(config, redisLauncher));
  const proxy = await proxied(port, redis, resources);
  return { redis, proxy, addresses: { redisUrl: `redis://127.0.0.1:${port}` } }; // whatever stands behind it in the end
}

async function cluster(resources: AsyncDisposableStack): Promise<ViewServers> {
  const ports = await freePorts(3);
  const masters = await startPrivateRedisCluster(ports.map((port) => ({ 'cluster-announce-port': `${port}` })));
  for (const master of masters) resources.use(master);
  const proxies = await Promise.all(masters.map((master, index) => proxied(ports[index] ?? 0, master, resources)));
  const redis = await masterOf(CONCERT, masters);
  const proxy = proxies[masters.indexOf(redis)];
  if (!proxy) throw new Error(`nobody leads to ${CONCERT}`);
  return { redis, proxy, addresses: { redisNodes: ports.map((port) => `127.0.0.1:${port}`) } };
}

async function proxied(
  port: number,
  { port: targetPort }: PrivateRedis,
  resources: AsyncDisposableStack,
): Promise<TcpProxy> {
  return resources.use(await TcpProxy.start({ port, targetPort }));
}
