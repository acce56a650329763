/** What a cell plays in: servers that may be broken, processes of the product that reach them through bad networks. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { freePorts } from '../../tools/stack/ports.ts';
import { Recorder } from '../history/recorder.ts';
import { StackDoor } from '../history/stack-api-driver.ts';
import type { PrivateKafka } from '../support/dedicated-kafka.ts';
import type { PrivateRedis } from '../support/dedicated-redis.ts';
import { Installation } from '../support/installation.ts';
import type { RawRecord } from '../support/log-reader.ts';
import type { ServerProcess } from '../support/server.ts';
import { stackAddresses } from '../support/settings.ts';
import { type Caught, commandWith, produceRequestOf, TcpProxy } from '../support/tcp-proxy.ts';
import { Answers } from './answers.ts';
import type { Cell } from './fault-case.ts';
import type { Setting } from './servers.ts';
import { openView, type ViewServers } from './view-servers.ts';

const PARTITIONS = 2;
/** On a machine that others use too. */
const READY_WITHIN_MS = 60_000;
/** The call by which a projector writes what it folded. */
const ADVANCE_HEAD = commandWith(hashOf('advance-head'));

export class Scene {
  readonly answers = new Answers();
  /** What those said and were told who came to see whether anybody is served. */
  readonly guestbook = new Recorder();
  /** What a cell saw that no figure says. */
  readonly notes: string[] = [];
  /** Monotonic milliseconds: when the fault was really made; undefined before. */
  struckAt: number | undefined;
  /** What the log held before it was truncated. */
  formerLog: readonly RawRecord[] = [];
  readonly door: StackDoor;
  /** Everyone else's network to the brokers, and to the view, and to the registry. */
  readonly kafkaProxies: readonly TcpProxy[];
  api: ServerProcess;
  projector: ServerProcess;
  /** Further processes: those that stand by, and those that a cause lets loose. */
  readonly besides: ServerProcess[];

  private constructor(
    readonly installation: Installation,
    readonly brokers: readonly PrivateKafka[],
    private readonly view: ViewServers,
    readonly registryProxy: TcpProxy,
    private readonly setting: Setting,
    private readonly addresses: Readonly<Record<string, string>>,
    [api, projector]: readonly [ServerProcess, ServerProcess],
    standbys: readonly ServerProcess[],
    /** Closed with the environment, the newest first. */
    readonly resources: AsyncDisposableStack,
  ) {
    this.kafkaProxies = brokers.map(({ proxy }) => proxy);
    this.api = api;
    this.projector = projector;
    this.besides = [...standbys];
    this.door = new StackDoor(this.#apiOf(api), installation.adminToken);
  }

  /** Leaves nothing open when it rejects. */
  static async open(brokers: readonly PrivateKafka[], setting: Setting): Promise<Scene> {
    await using resources = new AsyncDisposableStack();
    resources.defer(() => brokers.forEach(({ proxy }) => proxy.pass())); // the next case uses the same brokers
    const view = await openView(setting, resources);
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
      installation.launch({ ...addresses, ...roleOf(role, setting), ...settings });
    const processes = await Promise.all([launch('api'), launch('projector')]);
    await Promise.all(processes.map((server) => server.ready(READY_WITHIN_MS)));
    const standbys: ServerProcess[] = [];
    for (let standby = 0; standby < (setting.standbys ?? 0); standby++)
      standbys.push(await (await launch('projector', { KAFKA_CLIENT_ID: 'standby' })).ready());
    const owned = resources.move();
    return new Scene(installation, brokers, view, registryProxy, setting, addresses, processes, standbys, owned);
  }

  /** Who holds the view; of a cluster, the master of `open-air`. */
  get redis(): PrivateRedis {
    return this.view.redis;
  }
  get redisProxy(): TcpProxy {
    return this.view.proxy;
  }

  /** Another process of this kind, without waiting for it. */
  launch(role: 'api' | 'projector', settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    return this.installation.launch({ ...this.addresses, ...roleOf(role, this.setting), ...settings });
  }

  /** A new API process, ready, behind the door that everybody knows. */
  async startApi(): Promise<void> {
    this.enterBy(await (await this.launch('api')).ready());
  }

  async startProjector(): Promise<void> {
    this.projector = await (await this.launch('projector')).ready();
  }

  /** To be called by a cause that prepares something before it strikes. */
  strikes(): void {
    this.struckAt = performance.now();
  }

  /** From now on everybody asks this process. */
  enterBy(api: ServerProcess): void {
    this.api = api;
    this.door.api = this.#apiOf(api);
  }

  /** Resolves when somebody is in this phase, and held there. */
  async reach({ phase, sender = 'api' }: Pick<Cell, 'phase' | 'sender'>): Promise<Caught> {
    switch (phase) {
      case 'before send':
        return this.#catchFirst((proxy) => proxy.catchRequest(produceRequestOf(sender)));
      case 'after append, before ack':
        return this.#catchFirst((proxy) => proxy.catchResponse(produceRequestOf(sender)));
      case 'after apply, before commit':
        return this.redisProxy.catchResponse(ADVANCE_HEAD);
      case 'under way':
        return { pass: () => undefined, drop: () => undefined };
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources.disposeAsync();
  }

  async #catchFirst(by: (proxy: TcpProxy) => Promise<Caught>): Promise<Caught> {
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

function roleOf(role: 'api' | 'projector', setting: Setting): Record<string, string> {
  return { ROLES: role, KAFKA_CLIENT_ID: role, ...setting[role] };
}

/** As the client names a script to the server. */
function hashOf(script: string): string {
  const folder = new URL('../../src/infrastructure/driven/redis/scripts/', import.meta.url);
  const [shared, own] = ['generation', script].map((name) => readFileSync(new URL(`${name}.lua`, folder), 'utf8'));
  return createHash('sha1').update(`${shared}\n${own}`).digest('hex');
}
