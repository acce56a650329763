import type { SettingReader } from './setting-reader.ts';

/** Cluster nodes are `host:port` or `redis[s]://user:password@host:port`, with the same credentials for all. */
export type RedisSettings = { readonly url: string } | { readonly clusterNodes: readonly string[] };

const REDIS_NODE = /^(?:rediss?:\/\/(?:[^@/\s]*@)?)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;
const NOT_ENCODED = 'must have user and password percent-encoded';

/** A single Redis or a cluster, not both. */
export function readRedis(reader: SettingReader): RedisSettings {
  if (!reader.given('REDIS_CLUSTER_NODES')) {
    const url = reader.url('REDIS_URL', ['redis:', 'rediss:']);
    if (accessOf(url) === undefined) reader.reject('REDIS_URL', NOT_ENCODED);
    return { url };
  }
  if (reader.given('REDIS_URL')) reader.reject('REDIS_URL', 'and REDIS_CLUSTER_NODES exclude each other');
  const format = 'host:port or redis[s]://user:password@host:port';
  const clusterNodes = reader.list('REDIS_CLUSTER_NODES', REDIS_NODE, format);
  const access = clusterNodes.map((node) => accessOf(node.includes('://') ? node : `redis://${node}`));
  if (access.includes(undefined)) reader.reject('REDIS_CLUSTER_NODES', NOT_ENCODED);
  // The client uses one scheme and one login for all nodes, including those that it discovers.
  if (new Set(access).size > 1)
    reader.reject('REDIS_CLUSTER_NODES', 'must have the same scheme, user and password for every node');
  return { clusterNodes };
}

/** Scheme, user and password, for comparison; '' for an invalid address, undefined if they cannot be decoded. */
function accessOf(address: string): string | undefined {
  if (!URL.canParse(address)) return '';
  const { protocol, username, password } = new URL(address);
  try {
    return JSON.stringify([protocol, decodeURIComponent(username), decodeURIComponent(password)]);
  } catch {
    return undefined;
  }
}
