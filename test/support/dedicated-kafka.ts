import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newClusterId, startKafka } from '../../tools/stack/kafka.ts';
import { installKafka } from '../../tools/stack/maven.ts';
import { freePorts } from '../../tools/stack/ports.ts';
import { downloadsOf, stackSettings } from '../../tools/stack/settings.ts';
import { type DedicatedServer, dedicatedServer } from './dedicated-server.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface DedicatedKafka extends DedicatedServer {
  readonly brokers: readonly string[];
  /** The same broker through `proxy`: its metadata keeps these clients on the proxy. */
  readonly brokersThroughProxy: readonly string[];
  readonly proxy: TcpProxy;
  /** Addresses of the extra listeners, by name. */
  readonly at: Readonly<Record<string, string>>;
}

export interface DedicatedKafkaOptions {
  /** Default 128. */
  readonly heapMb?: number;
  /** Broker properties added to or replacing the stack's. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly scramUsers?: readonly string[];
  /** Names of extra listeners. */
  readonly listeners?: readonly string[];
  /** Set for a broker of a cluster. */
  readonly clusterId?: string;
  readonly controllerPort?: number;
}

/** A killed broker can restart only after its old session has expired: 9 s by default. */
const QUICK_RETURN = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' };

/** Starts a single broker on free ports and in its own folder, with a proxy in front of its second listener. */
export async function startDedicatedKafka(options: DedicatedKafkaOptions = {}): Promise<DedicatedKafka> {
  const directory = await mkdtemp(join(tmpdir(), 'private-kafka-'));
  const jars = await installKafka(downloadsOf(stackSettings()));
  const [port = 0, ownControllerPort = 0, behindProxy = 0, proxyPort = 0] = await freePorts(4);
  const further = await furtherListeners(options.listeners ?? []);
  const extraListeners = [{ name: 'PROXIED', port: behindProxy, advertisedPort: proxyPort }, ...further];
  const { heapMb = 128, controllerPort = ownControllerPort, clusterId = newClusterId(), scramUsers = [] } = options;
  const properties = { ...QUICK_RETURN, ...options.properties };
  const kafka = { directory, jars, port, controllerPort, heapMb, extraListeners, properties, clusterId, scramUsers };
  const server = await dedicatedServer(directory, () => startKafka({ ...kafka, endsWithParent: true }));
  const proxy = await TcpProxy.start({ port: proxyPort, targetPort: behindProxy });
  const { close } = server;
  return Object.assign(server, {
    brokers: [`127.0.0.1:${port}`],
    brokersThroughProxy: [`127.0.0.1:${proxyPort}`],
    proxy,
    at: Object.fromEntries(further.map(({ name, port: at }) => [name, `127.0.0.1:${at}`])),
    close: async () => {
      await proxy.close();
      await close();
    },
  });
}

async function furtherListeners(names: readonly string[]) {
  const ports = await freePorts(names.length);
  return names.flatMap((name, index) => {
    const port = ports[index];
    return port === undefined ? [] : [{ name, port, advertisedPort: port }];
  });
}
