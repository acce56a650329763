import { Cluster, Redis } from 'ioredis';
import { logConnection } from './connection-logging.ts';
import { defineScripts } from './redis-scripts.ts';

export type RedisClient = Redis | Cluster;

/** REDIS_URL, or REDIS_CLUSTER_NODES: `host:port` or `redis[s]://user:password@host:port` each, credentials alike on all. */
export type RedisConnection = { readonly url: string } | { readonly clusterNodes: readonly string[] };

/** Milliseconds after which a command is given up: readers have someone waiting, writers repeat what they say, who counts
 * requests can count for itself. */
const COMMAND_TIMEOUT_MS = { read: 1_000, write: 2_000, count: 250 } as const;

/**
 * A client that connects, and connects again, in the background; never throws for a server that is away.
 *
 * Commands fail fast: at once while there is no connection, and after 1 s (`read`), 2 s (`write`) or 250 ms (`count`) without an answer. Nothing is
 * queued or sent again behind the caller's back, so what failed may still have taken effect, once.
 * @param warn told once when Redis is lost and once when it is back
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

/** Resolves when commands are taken. @throws Error when they are not within so many milliseconds */
export function untilReady(client: RedisClient, withinMs: number): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const ready = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      client.off('ready', ready);
      reject(new Error(`Redis does not answer (connection: ${client.status}).`));
    }, withinMs);
    client.once('ready', ready);
  });
}

type CommonOptions = ReturnType<typeof commonOptions>;

/**
 * Commands of one turn leave together, and the next ones when all of those are answered. Not so looks at entries, which are
 * gathered already, nor what is staged: its calls are made while others are under way. (ADR 24.)
 */
const pipelining = { enableAutoPipelining: true, autoPipeliningIgnoredCommands: ['readEntries', 'stage'] };

function commonOptions(patienceMs: number) {
  return {
    commandTimeout: patienceMs,
    socketTimeout: patienceMs * 0.8, // a connection that has gone silent is given up, and with it what waits behind it
    connectTimeout: patienceMs,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: 500,
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'), // a former master: look for the present one
  };
}

function single(url: string, common: CommonOptions): Redis {
  return new Redis(url, {
    ...common,
    ...(new URL(url).protocol === 'rediss:' && { tls: {} }), // ioredis would read REDISS:// as a wish for no encryption
    ...pipelining,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 1_000),
  });
}

function cluster(nodes: readonly string[], common: CommonOptions): Cluster {
  const urls = nodes.map((node) => new URL(node.includes('://') ? node : `redis://${node}`));
  const first = urls[0];
  const secure = first?.protocol === 'rediss:';
  return new Cluster(
    urls.map(({ hostname, port }) => ({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) })),
    {
      ...pipelining,
      enableOfflineQueue: false,
      clusterRetryStrategy: (times) => Math.min(50 * 2 ** times, 1_000),
      maxRedirections: 5,
      retryDelayOnFailover: 0, // a lost server is the caller's to ask again, like any other failure
      slotsRefreshInterval: 2_000,
      redisOptions: {
        ...common,
        ...(first?.username && { username: decodeURIComponent(first.username) }),
        ...(first?.password && { password: decodeURIComponent(first.password) }),
        ...(secure && { tls: {} }),
      },
      ...(secure && { dnsLookup: (name, done) => done(null, name) }), // certificates name hosts, not addresses
    },
  );
}
