import { beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { type DedicatedKafka, startDedicatedKafka } from './dedicated-kafka.ts';
import { startDedicatedRedis } from './dedicated-redis.ts';
import { eventually } from './eventually.ts';
import { produceRequest } from './tcp-proxy.ts';
import { testResources } from './test-resources.ts';

describe('a dedicated Redis', () => {
  test('keeps its data over kill -9 and a restart', async () => {
    const server = await startDedicatedRedis({ appendfsync: 'always' });
    const redis = new Redis(server.url);
    try {
      redis.on('error', () => undefined); // the server is killed below
      await redis.set('name', 'ann');
      const firstPid = server.pid;
      await server.kill9();
      await server.restart();
      expect(server.pid).not.toBe(firstPid);
      expect(await eventually(() => redis.get('name'))).toBe('ann');
    } finally {
      redis.disconnect();
      await server.close();
    }
  });
});

describe('a dedicated broker', () => {
  const topic = 'letters';
  const resources = testResources();
  let broker: DedicatedKafka;
  let client: Kafka;
  beforeAll(async () => {
    broker = resources.use(await startDedicatedKafka());
    client = new Kafka({ brokers: [...broker.brokersThroughProxy], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    const admin = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
    await admin.disconnect();
    await eventually(length);
  }, 60_000);

  const length = async (): Promise<number> => {
    const admin = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const [partition] = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    return Number(partition?.high);
  };

  test('keeps a message whose acknowledgement the proxy drops', async () => {
    const producer = client.producer({ retry: { retries: 0 } });
    await producer.connect();
    const before = await length();
    const cut = broker.proxy.cutBeforeResponse(produceRequest);
    await expect(producer.send({ topic, messages: [{ value: 'lost answer' }] })).rejects.toThrow(
      /Connection|Closed connection/i,
    );
    await cut;
    expect(await length()).toBe(before + 1);
    await producer.disconnect();
  });

  test('responds late through a slow proxy, and not through a cut one', async () => {
    const producer = client.producer({ retry: { retries: 0 } });
    await producer.connect();
    broker.proxy.delay(300);
    const from = Date.now();
    await producer.send({ topic, messages: [{ value: 'slow' }] });
    expect(Date.now() - from).toBeGreaterThanOrEqual(600);
    broker.proxy.cut();
    await expect(producer.send({ topic, messages: [{ value: 'never' }] })).rejects.toThrow(
      /Connection|Closed connection/i,
    );
    broker.proxy.pass();
    await producer.disconnect();
  });

  test('receives the message held by a black hole after it ends', async () => {
    const producer = client.producer({ retry: { retries: 0 } });
    await producer.connect();
    await producer.send({ topic, messages: [{ value: 'before' }] });
    const before = await length();
    broker.proxy.blackHole();
    const sent = producer.send({ topic, messages: [{ value: 'held' }] });
    expect(await length()).toBe(before);
    broker.proxy.pass();
    await sent;
    expect(await length()).toBe(before + 1);
    await producer.disconnect();
  });

  test('keeps its log over kill -9 and a restart', async () => {
    const before = await length();
    await broker.kill9();
    await broker.restart();
    expect(await eventually(length, { within: 30_000 })).toBe(before);
  }, 60_000);
});
