import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { Api } from '../../test/support/api.ts';
import { buildIfStale } from '../../test/support/build.ts';
import { stackAddresses } from '../../test/support/settings.ts';
import { cleanUp } from '../support/clean-up.ts';
import { type MeasuredServer, startApplication, startBaseline, startNaiveProjector } from '../support/processes.ts';
import { QueueClient } from '../support/queue-client.ts';
import { baselineContract } from './baseline.contract.ts';
import { BASELINES, keepsEntries } from './baselines.ts';

const directory = mkdtempSync(join(tmpdir(), 'bench-baselines-'));
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
    ...BASELINES.map(async (kind) => {
      await start(kind.name, startBaseline(kind, settings()));
      // The projector needs the topic that the server creates.
      if (kind.backend === 'naive') await start(`${kind.name}-projector`, startNaiveProjector(kind, settings()));
    }),
    start('projector', startApplication('projector', settings())),
    start('application', startApplication('api', settings())),
  ]);
  await new QueueClient(addressOf('application'), adminToken).open('a-concert');
  // Pause, so that positions do not change: no baseline admits users.
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
  baselineContract(() => ({ address: addressOf('application'), keepsEntries: true }));
});

describe.each(BASELINES.map((kind) => [kind.name, kind] as const))('the baseline %s', (name, kind) => {
  baselineContract(() => ({ address: addressOf(name), keepsEntries: keepsEntries(kind) }));
});
