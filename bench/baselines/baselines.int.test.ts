import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { Api } from '../../test/support/api.ts';
import { buildIfStale } from '../../test/support/build.ts';
import { stackAddresses } from '../../test/support/settings.ts';
import { cleanUp } from '../support/clean-up.ts';
import { type MeasuredServer, startApplication, startLiteralProjector, startRival } from '../support/processes.ts';
import { QueueClient } from '../support/queue-client.ts';
import { contractOfTheDoor } from './baseline.contract.ts';
import { keepsEntries, RIVALS } from './baselines.ts';

const directory = mkdtempSync(join(tmpdir(), 'bench-rivals-'));
const namePrefix = `bench-contract-${randomBytes(4).toString('hex')}.`;
const adminToken = randomBytes(24).toString('hex');
const servers = () => {
  const { kafkaBrokers, schemaRegistryUrl, redisUrl } = stackAddresses();
  return { KAFKA_BROKERS: kafkaBrokers.join(), SCHEMA_REGISTRY_URL: schemaRegistryUrl, REDIS_URL: redisUrl };
};
const settings = () => ({
  directory,
  environment: {
    ...servers(),
    NAME_PREFIX: namePrefix,
    ADMIN_TOKEN: adminToken,
    DATA_DIRECTORY: directory,
    LOG_LEVEL: 'warn',
  },
});

const running = new Map<string, MeasuredServer>();
const addressOf = (name: string): string => running.get(name)?.address ?? '';

beforeAll(async () => {
  await buildIfStale();
  const start = async (name: string, starting: Promise<MeasuredServer>): Promise<void> => {
    running.set(name, await starting);
  };
  await Promise.all([
    ...RIVALS.map(async (kind) => {
      await start(kind.name, startRival(kind, settings()));
      // After it: the topic is there then.
      if (kind.desk === 'naive') await start(`${kind.name}-projector`, startLiteralProjector(kind, settings()));
    }),
    start('projector', startApplication('projector', settings())),
    start('application', startApplication('api', settings())),
  ]);
  await new QueueClient(addressOf('application'), adminToken).open('a-concert');
  // Its positions stand still from now on: no rival calls anybody, and whoever is called moves all behind up.
  const api = new Api(addressOf('application'), adminToken, 1);
  expect(await api.changeState('a-concert', 'pause')).toMatchObject({ ok: true, status: 200 });
  api.close();
}, 90_000);

afterAll(async () => {
  await Promise.all([...running.values()].map((server) => server.stop(12_000)));
  await cleanUp(servers(), namePrefix);
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

describe('concert-queue', () => {
  contractOfTheDoor(() => ({ address: addressOf('application'), keepsEntries: true }));
});

describe.each(RIVALS.map((kind) => [kind.name, kind] as const))('the rival %s', (name, kind) => {
  contractOfTheDoor(() => ({ address: addressOf(name), keepsEntries: keepsEntries(kind) }));
});
