import { Cluster, Redis } from 'ioredis';
import { backoffMs } from '../../../lib/backoff.ts';
import { poll } from '../../../lib/poll.ts';
import { logConnection } from './connection-logging.ts';
import { defineScripts } from './redis-scripts.ts';

export type RedisClient = Redis | Cluster;

/** REDIS_URL, or REDIS_CLUSTER_NODES: `host:port` or `redis[s]://user:password@host:port` each, with the same credentials. */
export type RedisConnection = { readonly url: string } | { readonly clusterNodes: readonly string[] };

/** Command timeout by purpose. Reads have a user waiting, writes are retried, and counts fall back to memory. */
const COMMAND_TIMEOUT_MS = { read: 1_000, write: 2_000, count: 250 } as const;

/**
 * Creates a client that connects and reconnects in the background; does not throw while the server is unavailable.
 *
 * Commands fail at once while there is no connection, and after 1 s (`read`), 2 s (`write`) or 250 ms (`count`) without a reply.
 * The client neither queues nor retries commands, so a failed command may have been executed at most once.
 * @param warn called once when the connection is lost and once when it is restored
 */
export function connectRedis(
  settings: RedisConnection,
  purpose: keyof typeof COMMAND_TIMEOUT_MS,
  warn: (message: string) => void,
): RedisClient {
  const common = commonOptions(COMMAND_TIMEOUT_MS[purpose]);
  const client = 'url' in settings ? single(settings.url, common) : cluster(settings.clusterNodes, common);
  defineScripts(client);
  logConnection(client, warn);
  return client;
}

/** Resolves when the client accepts commands. @throws Error after `timeoutMs` */
export async function untilReady(client: RedisClient, timeoutMs: number): Promise<void> {
  const ready = await poll(async () => isReady(client) || undefined, { timeoutMs, firstMs: 10, maxMs: 50 });
  if (!ready) throw new Error(`Redis does not answer (connection: ${client.status}).`);
}

const CONNECTING: ReadonlySet<string> = new Set(['wait', 'connecting', 'connect']);

/** A command to a master of a cluster that is still connecting would fail. A master that is down does not delay the others. */
function isReady(client: RedisClient): boolean {
  if (client.status !== 'ready') return false;
  return client instanceof Redis || client.nodes('master').every(({ status }) => !CONNECTING.has(status));
}

/** ioredis counts attempts from 1. */
const RECONNECT = { firstMs: 50, maxMs: 1_000 };

type CommonOptions = ReturnType<typeof commonOptions>;

/**
 * Commands of one turn are sent as one pipeline; the next pipeline waits for its replies. Excluded are `readEntries`, which is
 * batched already, and `stage`, whose calls run concurrently. (ADR 24.)
 *
 * Not on a cluster: while a slot migrates, ioredis 6 ends the process with an exception, or returns an empty reply for a key that
 * exists.
 */
const pipelining = { enableAutoPipelining: true, autoPipeliningIgnoredCommands: ['readEntries', 'stage'] };

function commonOptions(timeoutMs: number) {
  return {
    commandTimeout: timeoutMs,
    socketTimeout: timeoutMs * 0.8, // closes a silent connection, so that later commands do not wait behind it
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: 500,
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'), // the server is no longer the master
  };
}

function single(url: string, common: CommonOptions): Redis {
  return new Redis(url, {
    ...common,
    ...(new URL(url).protocol === 'rediss:' && { tls: {} }), // ioredis does not enable TLS for an upper-case REDISS://
    ...pipelining,
    enableOfflineQueue: false,
    retryStrategy: (times) => backoffMs(times, RECONNECT),
  });
}

function cluster(nodes: readonly string[], common: CommonOptions): Cluster {
  const urls = nodes.map((node) => new URL(node.includes('://') ? node : `redis://${node}`));
  const first = urls[0];
  const secure = first?.protocol === 'rediss:';
  const client = new Cluster(
    urls.map(({ hostname, port }) => ({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) })),
    {
      enableOfflineQueue: false,
      clusterRetryStrategy: (times) => backoffMs(times, RECONNECT),
      maxRedirections: 5,
      retryDelayOnFailover: 0, // callers retry, as after any other failure
      slotsRefreshInterval: 2_000,
      redisOptions: {
        ...common,
        ...(first?.username && { username: decodeURIComponent(first.username) }),
        ...(first?.password && { password: decodeURIComponent(first.password) }),
        ...(secure && { tls: {} }),
      },
      ...(secure && { dnsLookup: (name, done) => done(null, name) }), // certificates are checked against host names, not addresses
    },
  );
  // ioredis connects to a node with the first command to it, and rejects further commands meanwhile.
  const connect = (node: Redis): void => {
    if (node.status === 'wait') node.connect().catch(() => undefined); // the cluster reports it
  };
  client.on('ready', () => client.nodes('master').forEach(connect));
  client.on('+node', (node: Redis) => {
    if (client.status === 'ready') connect(node);
  });
  return client;
}
