import { describe, expect, test } from '@jest/globals';
import { ConfigResourceTypes } from 'kafkajs';
import { freePorts } from '../../tools/stack/ports.ts';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { asksFor, recordsOf, writeRecords } from '../support/producer.ts';
import type { Ending, ServerProcess } from '../support/server.ts';
import { stackAddresses } from '../support/settings.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';

const concertId = 'concert';
const ENDED_WELL = { status: 0, signal: null };
const ofTest = resourcesOfEachTest();
let installation: Installation;

/** The message of a process that exits with status 1 and one line. */
async function errorOf(server: ServerProcess): Promise<string> {
  await eventually(() => !server.alive, { within: 30_000 });
  expect(await server.ended).toEqual({ status: 1, signal: null });
  const lines = server.complaints.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('a failing start', () => {
  /** A stopped installation that has projected a queue with one entry. */
  async function used(): Promise<void> {
    installation = ofTest().use(await Installation.create({ partitions: 1 }));
    const server = await installation.start();
    const api = installation.apiOf(server);
    granted(await api.configure(concertId));
    granted(await api.requestEntry(concertId, 'ann'));
    await expectStoredEqualsFold(installation);
    expect(await server.stop()).toEqual(ENDED_WELL);
  }

  async function recreateTopic(): Promise<void> {
    const { topic } = installation;
    await installation.withAdmin(async (admin) => {
      await admin.deleteTopics({ topics: [topic] });
      const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
      // Kafka may still be deleting the old topic.
      await eventually(() => admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }));
    });
  }

  test('names the invalid setting without its secret value', async () => {
    installation = ofTest().use(await Installation.create());
    expect(await errorOf(await installation.launch({ QUEUE_PARTITIONS: 'many' }))).toContain('QUEUE_PARTITIONS');
    const words = await errorOf(await installation.launch({ ADMIN_TOKEN: 'my-pet-cat' }));
    expect(words).toContain('ADMIN_TOKEN');
    expect(words).not.toContain('my-pet-cat');
  }, 60_000);

  test('reports another partition count of the topic', async () => {
    await used();
    expect(await errorOf(await installation.launch({ QUEUE_PARTITIONS: '3' }))).toMatch(
      /partitions=1.*partitions=3.*QUEUE_PARTITIONS/,
    );
  }, 60_000);

  test('reports another timestamp type of the topic', async () => {
    await used();
    await installation.withAdmin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: installation.topic,
            configEntries: [{ name: 'message.timestamp.type', value: 'CreateTime' }],
          },
        ],
      }),
    );
    expect(await errorOf(await installation.launch())).toMatch(/message\.timestamp\.type=CreateTime/);
  }, 60_000);

  test('reports a recreated empty topic', async () => {
    await used();
    await recreateTopic();
    expect(await errorOf(await installation.launch())).toMatch(/recreated or truncated/);
  }, 60_000);

  test('reports a recreated topic with other records', async () => {
    await used();
    await recreateTopic();
    const others = Array.from({ length: 20 }, (_, number) => asksFor(concertId, `other-${number}`));
    await writeRecords(installation, await recordsOf(installation, others));
    expect(await errorOf(await installation.launch())).toMatch(/recreated/);
  }, 60_000);
});

describe('a start while a server is unavailable', () => {
  let proxy: TcpProxy;

  /** An address that rejects connections until the proxy passes them. */
  async function awayBefore(target: string): Promise<string> {
    const [port = 0] = await freePorts(1);
    proxy = ofTest().use(await TcpProxy.start({ port, targetPort: Number(new URL(target).port) }));
    proxy.cut();
    return `127.0.0.1:${port}`;
  }

  async function comeUpAndEnd(name: string, settings: Readonly<Record<string, string>>): Promise<Ending> {
    const server = await installation.launch(settings);
    const notReady = await eventually(async () => {
      const health = await server.health('ready');
      return health?.status === 503 && health.text.includes(`waiting for ${name}`) && health;
    });
    expect(notReady.status).toBe(503);
    expect(await server.health('live')).toMatchObject({ status: 200 });
    await eventually(() => server.output.includes(`waiting for ${name}`));
    proxy.pass();
    await server.ready();
    const api = installation.apiOf(server);
    granted(await api.configure(concertId));
    const { entryToken } = granted(await api.requestEntry(concertId, 'ann'));
    await eventually(async () => granted(await api.myEntry(concertId, entryToken)).state !== 'PENDING');
    return server.stop();
  }

  test('is live but not ready until Kafka is available', async () => {
    installation = ofTest().use(await Installation.create());
    const [broker = ''] = stackAddresses().kafkaBrokers;
    expect(await comeUpAndEnd('Kafka', { KAFKA_BROKERS: await awayBefore(`kafka://${broker}`) })).toEqual(ENDED_WELL);
  }, 60_000);

  test('is live but not ready until the schema registry is available', async () => {
    installation = ofTest().use(await Installation.create());
    const url = new URL(stackAddresses().schemaRegistryUrl);
    const away = await awayBefore(url.href);
    expect(await comeUpAndEnd('the schema registry', { SCHEMA_REGISTRY_URL: `http://${away}${url.pathname}` })).toEqual(
      ENDED_WELL,
    );
  }, 60_000);

  test('is live but not ready until Redis is available', async () => {
    installation = ofTest().use(await Installation.create());
    expect(
      await comeUpAndEnd('Redis', { REDIS_URL: `redis://${await awayBefore(stackAddresses().redisUrl)}` }),
    ).toEqual(ENDED_WELL);
  }, 60_000);

  test('ends on SIGTERM while waiting', async () => {
    installation = ofTest().use(await Installation.create());
    const away = await awayBefore('kafka://127.0.0.1:1');
    const server = await installation.launch({
      KAFKA_BROKERS: away,
      REDIS_URL: `redis://${away}`,
      SCHEMA_REGISTRY_URL: `http://${away}`,
    });
    await eventually(() => server.health('live').then((health) => health?.status === 200));
    // After the timeout of 10 s the status would be 1.
    expect(await server.stop()).toEqual(ENDED_WELL);
  }, 60_000);
});
