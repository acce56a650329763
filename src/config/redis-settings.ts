import type { SettingReader } from './setting-reader.ts';

/** Of cluster nodes each is `host:port` or `redis[s]://user:password@host:port`, credentials alike on all. */
export type RedisSettings = { readonly url: string } | { readonly clusterNodes: readonly string[] };

const REDIS_NODE = /^(?:rediss?:\/\/(?:[^@/\s]*@)?)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;
const NOT_ENCODED = 'must have user and password percent-encoded';

/** One Redis or a cluster, not both. */
export function readRedis(reader: SettingReader): RedisSettings {
  if (!reader.given('REDIS_CLUSTER_NODES')) {
    const url = reader.url('REDIS_URL', ['redis:', 'rediss:']);
    if (accessBy(url) === undefined) reader.refuse('REDIS_URL', NOT_ENCODED);
    return { url };
  }
  if (reader.given('REDIS_URL')) reader.refuse('REDIS_URL', 'and REDIS_CLUSTER_NODES exclude each other');
  const form = 'host:port or redis[s]://user:password@host:port';
  const clusterNodes = reader.list('REDIS_CLUSTER_NODES', REDIS_NODE, form);
  const access = clusterNodes.map((node) => accessBy(node.includes('://') ? node : `redis://${node}`));
  if (access.includes(undefined)) reader.refuse('REDIS_CLUSTER_NODES', NOT_ENCODED);
  // The client has one way in for all nodes, those that it hears of later too: an odd one would be spoken to in the clear.
  if (new Set(access).size > 1)
    reader.refuse('REDIS_CLUSTER_NODES', 'must have the same scheme, user and password for every node');
  return { clusterNodes };
}

/** Scheme, user and password of an address, to compare; '' for what is no address, undefined for what cannot be decoded. */
function accessBy(address: string): string | undefined {
  if (!URL.canParse(address)) return '';
  const { protocol, username, password } = new URL(address);
  try {
    return JSON.stringify([protocol, decodeURIComponent(username), decodeURIComponent(password)]);
  } catch {
    return undefined;
  }
}
