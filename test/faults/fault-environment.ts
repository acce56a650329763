/** The processes and servers of one fault case. The processes reach Kafka, Redis and the registry through proxies. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { freePorts } from '../../tools/stack/ports.ts';
import { Recorder } from '../history/recorder.ts';
import { StackApiDriver } from '../history/stack-api-driver.ts';
import type { DedicatedKafka } from '../support/dedicated-kafka.ts';
import type { DedicatedRedis } from '../support/dedicated-redis.ts';
import { Installation } from '../support/installation.ts';
import type { RawRecord } from '../support/log-reader.ts';
import type { ServerProcess } from '../support/server.ts';
import { stackAddresses } from '../support/settings.ts';
import { commandWith, type HeldMessage, produceRequestOf, TcpProxy } from '../support/tcp-proxy.ts';
import { Answers } from './answers.ts';
import type { FaultCase } from './fault-case.ts';
import type { FaultSetup } from './servers.ts';
import { openView, type ViewServers } from './view-servers.ts';

const PARTITIONS = 2;
/** Allows for a loaded machine. */
const READY_WITHIN_MS = 60_000;
/** The Redis command with which a projector stores a folded batch. */
const ADVANCE_HEAD = commandWith(hashOf('advance-head'));

export class FaultEnvironment {
  readonly answers = new Answers();
  /** Calls of the recovery probe. */
  readonly probeLog = new Recorder();
  /** Observations for the result table. */
  readonly notes: string[] = [];
  /** Monotonic milliseconds at which the fault was injected; undefined before. */
  injectedAt: number | undefined;
  /** Records read before the log was truncated. */
  formerLog: readonly RawRecord[] = [];
  readonly driver: StackApiDriver;
  /** The connections of the processes to the brokers. */
  readonly kafkaProxies: readonly TcpProxy[];
  api: ServerProcess;
  projector: ServerProcess;
  /** Standbys, and processes that a cause starts. */
  readonly otherProcesses: ServerProcess[];

  private constructor(
    readonly installation: Installation,
    readonly brokers: readonly DedicatedKafka[],
    private readonly view: ViewServers,
    readonly registryProxy: TcpProxy,
    private readonly setup: FaultSetup,
    private readonly addresses: Readonly<Record<string, string>>,
    [api, projector]: readonly [ServerProcess, ServerProcess],
    standbys: readonly ServerProcess[],
    /** Closed with the environment, the newest first. */
    readonly resources: AsyncDisposableStack,
  ) {
    this.kafkaProxies = brokers.map(({ proxy }) => proxy);
    this.api = api;
    this.projector = projector;
    this.otherProcesses = [...standbys];
    this.driver = new StackApiDriver(this.#apiOf(api), installation.adminToken);
  }

  /** Closes what it opened when it rejects. */
  static async open(brokers: readonly DedicatedKafka[], setup: FaultSetup): Promise<FaultEnvironment> {
    await using resources = new AsyncDisposableStack();
    resources.defer(() => brokers.forEach(({ proxy }) => proxy.pass())); // the next case uses the same brokers
    const view = await openView(setup, resources);
    const registry = new URL(stackAddresses().schemaRegistryUrl);
    const [registryPort = 0] = await freePorts(1);
    const registryProxy = resources.use(
      await TcpProxy.start({ port: registryPort, targetPort: Number(registry.port) }),
    );
    const installation = resources.use(
      await Installation.create({
        partitions: PARTITIONS,
        brokers: brokers.flatMap((broker) => broker.brokers),
        ...view.addresses,
      }),
    );
    const addresses = {
      KAFKA_BROKERS: brokers.flatMap((broker) => broker.brokersThroughProxy).join(),
      KAFKA_REPLICATION_FACTOR: `${brokers.length}`,
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registryPort}${registry.pathname}`,
    };
    const launch = (role: 'api' | 'projector', settings: Readonly<Record<string, string>> = {}) =>
      installation.launch({ ...addresses, ...roleOf(role, setup), ...settings });
    const processes = await Promise.all([launch('api'), launch('projector')]);
    await Promise.all(processes.map((server) => server.ready(READY_WITHIN_MS)));
    const standbys: ServerProcess[] = [];
    for (let standby = 0; standby < (setup.standbys ?? 0); standby++)
      standbys.push(await (await launch('projector', { KAFKA_CLIENT_ID: 'standby' })).ready());
    const owned = resources.move();
    return new FaultEnvironment(
      installation,
      brokers,
      view,
      registryProxy,
      setup,
      addresses,
      processes,
      standbys,
      owned,
    );
  }

  /** The Redis of the view; in a cluster the master of `open-air`. */
  get redis(): DedicatedRedis {
    return this.view.redis;
  }
  get redisProxy(): TcpProxy {
    return this.view.proxy;
  }

  /** Starts another process with this role without waiting until it is ready. */
  launch(role: 'api' | 'projector', settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    return this.installation.launch({ ...this.addresses, ...roleOf(role, this.setup), ...settings });
  }

  /** Starts an API process and sends all calls to it. */
  async startApi(): Promise<void> {
    this.useApi(await (await this.launch('api')).ready());
  }

  async startProjector(): Promise<void> {
    this.projector = await (await this.launch('projector')).ready();
  }

  /** Called by a cause that prepares before it injects the fault. */
  markInjected(): void {
    this.injectedAt = performance.now();
  }

  /** Sends all further calls to this process. */
  useApi(api: ServerProcess): void {
    this.api = api;
    this.driver.api = this.#apiOf(api);
  }

  /** Resolves when a process is in this phase; its message is held there. */
  async holdMessage({ phase, sender = 'api' }: Pick<FaultCase, 'phase' | 'sender'>): Promise<HeldMessage> {
    switch (phase) {
      case 'before send':
        return this.#holdFirst((proxy) => proxy.holdRequest(produceRequestOf(sender)));
      case 'after append, before ack':
        return this.#holdFirst((proxy) => proxy.holdResponse(produceRequestOf(sender)));
      case 'after apply, before commit':
        return this.redisProxy.holdResponse(ADVANCE_HEAD);
      case 'under way':
        return { pass: () => undefined, drop: () => undefined };
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources.disposeAsync();
  }

  async #holdFirst(by: (proxy: TcpProxy) => Promise<HeldMessage>): Promise<HeldMessage> {
    const first = await Promise.race(this.kafkaProxies.map(by));
    for (const proxy of this.kafkaProxies) proxy.disarm();
    return first;
  }

  #apiOf(server: ServerProcess) {
    const api = this.installation.apiOf(server);
    api.observe = (exchange) => this.answers.add(exchange);
    return api;
  }
}

function roleOf(role: 'api' | 'projector', setup: FaultSetup): Record<string, string> {
  return { ROLES: role, KAFKA_CLIENT_ID: role, ...setup[role] };
}

/** The SHA-1 with which the client calls the script. */
function hashOf(script: string): string {
  const folder = new URL('../../src/infrastructure/driven/redis/scripts/', import.meta.url);
  const [shared, own] = ['generation', script].map((name) => readFileSync(new URL(`${name}.lua`, folder), 'utf8'));
  return createHash('sha1').update(`${shared}\n${own}`).digest('hex');
}
