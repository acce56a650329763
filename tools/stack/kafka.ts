import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaAnswers } from './kafka-probe.ts';
import { type RunningServer, startServer } from './process.ts';

export interface KafkaOptions {
  readonly directory: string;
  /** Folder of the broker's jars; see `installKafka`. */
  readonly jars: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Default 256; 128 is enough for a broker with a few small topics. */
  readonly heapMb?: number;
  /** Further listeners: the port they are bound to, and the one that clients are told (a proxy's, say). */
  readonly extraListeners?: readonly {
    readonly name: string;
    readonly port: number;
    readonly advertisedPort: number;
  }[];
  /** Further broker properties, or other values for ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Of the cluster that the broker belongs to; default: one of its own. */
  readonly clusterId?: string;
  /** Users of SCRAM from the beginning, as `kafka-storage format --add-scram` takes them. */
  readonly scramUsers?: readonly string[];
  readonly endsWithParent?: boolean;
}

/** Starts one broker that is its own controller (KRaft), formatting its folder the first time. */
export async function startKafka(options: KafkaOptions): Promise<RunningServer> {
  const data = join(options.directory, 'data');
  const file = join(options.directory, 'server.properties');
  mkdirSync(options.directory, { recursive: true });
  writeFileSync(file, text(brokerProperties(options, data)));
  const classpath = join(options.jars, '*');
  const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  if (!existsSync(join(data, 'meta.properties'))) {
    const format = ['kafka.tools.StorageTool', 'format', '-t', options.clusterId ?? newClusterId(), '-c', file];
    for (const user of options.scramUsers ?? []) format.push('--add-scram', user);
    await promisify(execFile)('java', ['-Xmx64m', '-XX:+UseSerialGC', logging, '-cp', classpath, ...format]);
  }
  const heap = options.heapMb ?? 256;
  return startServer({
    name: 'kafka',
    directory: options.directory,
    command: 'java',
    // Small and frugal: this broker shares a developer's machine with everything else.
    args: [
      `-Xms${heap}m`,
      `-Xmx${heap}m`,
      '-XX:+UseSerialGC',
      '-XX:MaxMetaspaceSize=128m',
      '-Xss512k',
      logging,
      '-cp',
      classpath,
      'kafka.Kafka',
      file,
    ],
    answers: () => kafkaAnswers(options.port),
    ...(options.endsWithParent && { endsWithParent: true }),
  });
}

function brokerProperties(options: KafkaOptions, data: string): Record<string, string> {
  const extra = options.extraListeners ?? [];
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${options.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: [
      `PLAINTEXT://127.0.0.1:${options.port}`,
      `CONTROLLER://127.0.0.1:${options.controllerPort}`,
      ...extra.map(({ name, port }) => `${name}://127.0.0.1:${port}`),
    ].join(','),
    'advertised.listeners': [
      `PLAINTEXT://127.0.0.1:${options.port}`,
      ...extra.map(({ name, advertisedPort }) => `${name}://127.0.0.1:${advertisedPort}`),
    ].join(','),
    'listener.security.protocol.map': ['PLAINTEXT', 'CONTROLLER', ...extra.map(({ name }) => name)]
      .map((name) => `${name}:PLAINTEXT`)
      .join(','),
    'log.dirs': data,
    'log.cleaner.dedupe.buffer.size': '4194304', // its default alone would fill a small heap
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    ...options.properties,
  };
}

/** Sixteen random bytes as Kafka writes them; the command line would take a leading '-' for an option. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

function text(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
