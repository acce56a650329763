/** Connections to the broker that stay open and carry nothing. */
import { beforeAll, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { type DedicatedKafka, startDedicatedKafka } from '../support/dedicated-kafka.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const C = 'seoul';
const resources = testResources();
let kafka: DedicatedKafka;
let projector: ServerProcess;
let api: Api;

beforeAll(async () => {
  kafka = resources.use(await startDedicatedKafka());
  const installation = resources.use(await Installation.create({ brokers: kafka.brokers }));
  const [server, started] = await Promise.all([
    installation.start({ ROLES: 'api' }),
    installation.start({ ROLES: 'projector', KAFKA_BROKERS: kafka.brokersThroughProxy.join() }),
  ]);
  projector = started;
  api = installation.apiOf(server);
  granted(await api.configure(C));
}, 90_000);

async function enters(userId: string): Promise<void> {
  const { entryToken } = granted(await api.requestEntry(C, userId));
  await eventually(async () => granted(await api.myEntry(C, entryToken)).state !== 'PENDING', { within: 30_000 });
}

test('a projector leaves connections that answer nothing, and projects on new ones', async () => {
  await enters('ann');
  kafka.proxy.blackHoleOpenConnections();
  await enters('bo');
  expect(projector.output).toContain('did not answer two fetches');
  await eventually(async () => (await projector.health('ready'))?.status === 200);
}, 90_000);

test('a projector is not ready while no connection answers, names the cause, and projects afterwards', async () => {
  kafka.proxy.blackHole();
  try {
    const health = await eventually(async () => {
      const seen = await projector.health('ready');
      return seen?.status === 503 && seen;
    });
    expect(JSON.parse(health.text).roles.projector).toMatchObject({
      ready: false,
      cause: 'GROUP_UNAVAILABLE',
      detail: expect.stringContaining('no member of the consumer group'),
    });
  } finally {
    kafka.proxy.pass();
  }
  await enters('cy');
  await eventually(async () => (await projector.health('ready'))?.status === 200);
}, 90_000);
