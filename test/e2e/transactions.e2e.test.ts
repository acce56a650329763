/** Records and markers of a foreign producer's transaction in the log. */
import { beforeAll, expect, test } from '@jest/globals';
import { type Api, type EntryAccepted, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const C = 'seoul';
const resources = testResources();
let installation: Installation;
let server: ServerProcess;
let api: Api;
let second: EntryAccepted;

beforeAll(async () => {
  installation = resources.use(await Installation.create({ partitions: 1 }));
  server = await installation.start();
  api = installation.apiOf(server);
  granted(await api.configure(C, { capacity: 1, claimWindowSeconds: 2, admissionsPerMinute: 600 }));
});

const stateOf = async (token: string) => granted(await api.myEntry(C, token)).state;

async function abortedTransaction(): Promise<void> {
  const producer = installation.kafka.producer({
    transactionalId: `${installation.prefix}foreign`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic: installation.topic, messages: [{ key: 'k', value: 'x' }] });
  await transaction.abort();
  await producer.disconnect();
}

test('entries expire and others are called after a marker at the end of the log', async () => {
  const first = granted(await api.requestEntry(C, 'ann'));
  second = granted(await api.requestEntry(C, 'bo'));
  await eventually(async () => (await stateOf(first.entryToken)) === 'READY');
  await abortedTransaction();
  await eventually(async () => (await stateOf(first.entryToken)) === 'EXPIRED');
  await eventually(async () => (await stateOf(second.entryToken)) === 'READY');
  expect(await stateOf(first.entryToken)).toBe('EXPIRED');
});

test('after a start with an empty view, a marker at the end delays nothing', async () => {
  granted(await api.changeState(C, 'pause'));
  await eventually(async () => (await stateOf(second.entryToken)) === 'EXPIRED');
  await abortedTransaction();
  await server.stop();
  await installation.redis.unlink(...(await installation.redis.keys(`${installation.prefix}*`)));
  server = await installation.start();
  api = installation.apiOf(server);
  await eventually(async () => (await api.queue(C)).ok);
  expect(granted(await api.requestEntry(C, 'cy')).state).toBe('PENDING');
  expect((await api.queue('nobody')).status).toBe(404);
  expect(await stateOf(second.entryToken)).toBe('EXPIRED');
}, 90_000);
