/** An installation of the product on the servers of the stack or embedded, isolated by its NAME_PREFIX. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { partitionOf } from '../../src/application/event-log/partitioner.ts';
import type { ConcertId } from '../../src/domain/types.ts';
import '../../src/infrastructure/driven/kafka/kafkajs-request-queue.ts'; // avoids kafkajs warnings about negative timeouts
import { kafkaNames } from '../../src/config/kafka-settings.ts';
import type { RedisClient, RedisConnection } from '../../src/infrastructure/driven/redis/redis-client.ts';
import { Api } from './api.ts';
import type { LocalSource } from './local-log.ts';
import { ServerProcess } from './server.ts';
import { type StackAddresses, stackAddresses } from './settings.ts';

const NO_STACK: Pick<StackAddresses, 'kafkaBrokers' | 'redisUrl' | 'schemaRegistryUrl'> = {
  kafkaBrokers: [],
  redisUrl: '',
  schemaRegistryUrl: '',
};

export interface InstallationOptions {
  /** Default 2. */
  readonly partitions?: number;
  /** Instead of the stack's. */
  readonly brokers?: readonly string[];
  readonly redisUrl?: string;
  /** `host:port` of each master; then the view is in a Redis Cluster. */
  readonly redisNodes?: readonly string[];
  readonly schemaRegistryUrl?: string;
}

export class Installation {
  readonly prefix = `e2e-${randomBytes(5).toString('hex')}.`;
  readonly names = kafkaNames(this.prefix);
  readonly topic = this.names.topic;
  readonly adminToken = randomBytes(24).toString('hex');
  readonly tokenSecret = randomBytes(24).toString('hex');
  readonly partitions: number;
  readonly brokers: readonly string[];
  readonly redisUrl: string;
  readonly redisNodes: readonly string[] | undefined;
  readonly schemaRegistryUrl: string;
  /** The embedded log (TEST_EVENT_LOG=embedded); undefined: the log is in Kafka. */
  readonly local: LocalSource | undefined;
  readonly directory: string;
  #kafka: Kafka | undefined;
  #redis: RedisClient | undefined;
  readonly #launches: Promise<ServerProcess>[] = [];
  readonly #apis: Api[] = [];

  private constructor(directory: string, options: InstallationOptions) {
    const isEmbedded = process.env['TEST_EVENT_LOG'] === 'embedded';
    const stack = isEmbedded ? NO_STACK : stackAddresses();
    this.directory = directory;
    this.local = isEmbedded ? { directory, file: join(directory, `${this.topic}.sqlite`) } : undefined;
    this.partitions = options.partitions ?? 2;
    this.brokers = options.brokers ?? stack.kafkaBrokers;
    this.redisUrl = options.redisUrl ?? stack.redisUrl;
    this.redisNodes = options.redisNodes;
    this.schemaRegistryUrl = options.schemaRegistryUrl ?? stack.schemaRegistryUrl;
  }

  /** The Kafka client of the test. */
  get kafka(): Kafka {
    this.#kafka ??= new kafkajs.Kafka({ brokers: [...this.brokers], logLevel: kafkajs.logLevel.NOTHING });
    return this.#kafka;
  }

  get redis(): RedisClient {
    if (!this.#redis) {
      const again = () => 100;
      this.#redis = this.redisNodes
        ? new Cluster([...this.redisNodes], { lazyConnect: true, clusterRetryStrategy: again })
        : new Redis(this.redisUrl, { lazyConnect: true, retryStrategy: again });
      this.#redis.on('error', () => undefined); // tests kill the server; their commands report the error
    }
    return this.#redis;
  }

  /** Settings of the product's Redis client. */
  get redisSettings(): RedisConnection {
    return this.redisNodes ? { clusterNodes: this.redisNodes } : { url: this.redisUrl };
  }

  static async create(options: InstallationOptions = {}): Promise<Installation> {
    return new Installation(await mkdtemp(join(tmpdir(), 'concert-queue-e2e-')), options);
  }

  /** Settings of every process of this installation. */
  get settings(): Readonly<Record<string, string>> {
    const servers = {
      KAFKA_BROKERS: this.brokers.join(','),
      SCHEMA_REGISTRY_URL: this.schemaRegistryUrl,
      ...(this.redisNodes ? { REDIS_CLUSTER_NODES: this.redisNodes.join(',') } : { REDIS_URL: this.redisUrl }),
    };
    return {
      NAME_PREFIX: this.prefix,
      QUEUE_PARTITIONS: `${this.partitions}`,
      DATA_DIRECTORY: this.directory,
      ADMIN_TOKEN: this.adminToken,
      ENTRY_TOKEN_SECRETS: this.tokenSecret,
      ...(this.local ? { EVENT_LOG: 'embedded' } : servers),
    };
  }

  /** Starts a process without waiting for it. */
  launch(settings: Readonly<Record<string, string>> = {}, main?: string): Promise<ServerProcess> {
    const launch = ServerProcess.start({ ...this.settings, ...settings }, main);
    this.#launches.push(launch);
    return launch;
  }

  /** Starts a process and waits until it is ready. */
  async start(settings: Readonly<Record<string, string>> = {}, main?: string): Promise<ServerProcess> {
    return (await this.launch(settings, main)).ready();
  }

  /** A client of this server, closed with the installation. */
  apiOf(server: ServerProcess, connections = 64): Api {
    const api = new Api(server.url, this.adminToken, connections);
    this.#apis.push(api);
    return api;
  }

  partitionOf(concertId: ConcertId): number {
    return partitionOf(concertId, this.partitions);
  }

  async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  /** Kills its processes. */
  async stop(): Promise<void> {
    // A launch may still be running when another one failed: wait, so that no process is left behind.
    const launched = await Promise.allSettled(this.#launches);
    const servers = launched.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const server of servers) server.resume(); // a suspended process ignores signals but SIGKILL
    await Promise.all(servers.filter(({ alive }) => alive).map((server) => server.kill9()));
  }

  /** Kills its processes and removes its topics and keys from the shared servers. */
  async close(): Promise<void> {
    for (const api of this.#apis) api.close();
    await this.stop();
    if (!this.local) await this.#cleanUp(stackAddresses());
    this.#redis?.disconnect();
    await rm(this.directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #cleanUp(stack: StackAddresses): Promise<void> {
    if (this.brokers.join() === stack.kafkaBrokers.join()) await this.#removeTopics();
    const isShared = this.redisUrl === stack.redisUrl && !this.redisNodes;
    if (isShared && this.redis instanceof Redis) await removeKeys(this.redis, this.prefix);
  }

  #removeTopics(): Promise<void> {
    return this.withAdmin(async (admin) => {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(this.prefix));
      await admin.deleteTopics({ topics });
      const { groups } = await admin.listGroups();
      const ours = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(this.prefix));
      // Kafka keeps a group with a killed member until its session expires, then removes it.
      if (ours.length > 0) await admin.deleteGroups(ours).catch(() => undefined);
    });
  }
}

async function removeKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }) as AsyncIterable<string[]>)
    if (keys.length > 0) await redis.unlink(...keys);
}
