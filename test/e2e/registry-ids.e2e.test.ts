import { beforeAll, describe, expect, test } from '@jest/globals';
import { keyOf } from '../../src/application/event-log/partitioner.ts';
import type { HealthReport } from '../../src/application/health/health-report.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { firing } from '../support/alerts.ts';
import { type Api, granted } from '../support/api.ts';
import { cli } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import { scrape } from '../support/metrics.ts';
import { recordsOf, writeRecords } from '../support/producer.ts';
import { RenumberedRegistry } from '../support/registry-proxy.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const concertId = 'concert';
const REFUSAL =
  /^concert-queue: schema id \d+ wrote concert\.queue\.\w+, but the schema registry at \S+ gives [^\n]+ for it\. Restore the registry with its ids \(docs\/operations\.md, "Schema registry"\)\.\n$/;
/** An id that the registry gives the schema of QueueResumed, beside the usual one. */
const NEW_IDS = { named: 2_000_000_001, unnamed: 2_000_000_002 };

const resources = testResources();
let registry: RenumberedRegistry;
let installation: Installation;
let server: ServerProcess;
let api: Api;
let waiting: string;

beforeAll(async () => {
  registry = resources.use(await RenumberedRegistry.start());
  installation = resources.use(await Installation.create({ partitions: 1, schemaRegistryUrl: registry.url }));
  await begin();
  granted(await api.configure(concertId, { capacity: 1, claimWindowSeconds: 86_400 }));
  const { entryToken } = granted(await api.requestEntry(concertId, 'first'));
  await eventually(async () => granted(await api.myEntry(concertId, entryToken)).state === 'READY', { within: 20_000 });
  granted(await api.changeState(concertId, 'pause'));
  waiting = granted(await api.requestEntry(concertId, 'waiting')).entryToken;
  granted(await api.ask('DELETE', `/v1/concerts/${concertId}/queue/entries/out`, { token: installation.adminToken }));
  await isPaused();
}, 90_000);

async function begin(): Promise<void> {
  server = await installation.start();
  api = installation.apiOf(server);
}

/** The state from before: PAUSED, one user waiting, another disqualified. */
async function isPaused(): Promise<void> {
  await eventually(async () => granted(await api.myEntry(concertId, waiting)).state === 'WAITING', { within: 20_000 });
  expect(granted(await api.queue(concertId)).state).toBe('PAUSED');
  const out = await api.requestEntry(concertId, 'out');
  const state = out.ok ? () => api.myEntry(concertId, out.body.entryToken).then(granted) : undefined;
  if (state) await eventually(async () => (await state()).rejectedBecause === 'DISQUALIFIED');
  else expect(out.body).toMatchObject({ code: 'FORBIDDEN' });
}

const topics = () => Object.values(installation.names).filter((name) => name !== installation.names.groupId);
/** The number of records in each topic. */
const sizes = () => Promise.all(topics().map(async (topic) => (await readTopic(installation, topic)).length));
const letters = () => readTopic(installation, installation.names.deadLetterTopic);

async function storedIds(): Promise<ReadonlyMap<number, { readonly subject: string; readonly fingerprint: string }>> {
  const records = await readTopic(installation, installation.names.schemaTopic);
  return new Map(records.map(({ key, value }) => [Number(key), JSON.parse(value.toString())]));
}

test('each record names its schema, and the ids are stored', async () => {
  const ids = await storedIds();
  const records = await readTopic(installation, installation.topic);
  expect(records.length).toBeGreaterThan(3);
  for (const { value, headers } of records) expect(headers['schema']).toBe(ids.get(value.readUInt32BE(1))?.fingerprint);
});

describe.each(['swapped', 'shifted'] as const)('a registry with %s ids', (how) => {
  test.each([false, true])(
    'is refused, and nothing is written (empty Redis: %p)',
    async (isRedisEmpty) => {
      await server.stop();
      const before = await sizes();
      await registry.number(how);
      if (isRedisEmpty) await installation.redis.unlink(...(await installation.redis.keys(`${installation.prefix}*`)));

      const refused = await installation.launch();
      expect(await refused.ended).toEqual({ status: 1, signal: null });
      expect(refused.complaints).toMatch(REFUSAL);
      for (const line of [
        `queue resume --concert ${concertId}`,
        'schemas register',
        'schemas check --against-registry',
      ])
        expect([line, await cli(installation, line)]).toEqual([
          line,
          { status: 1, out: '', err: expect.stringMatching(REFUSAL) },
        ]);
      expect(await sizes()).toEqual(before);

      await registry.number('right');
      await begin();
      await isPaused();
      expect(await letters()).toEqual([]);
      await expectStoredEqualsFold(installation);
    },
    180_000,
  );

  test('lets the tools read nothing', async () => {
    await registry.number(how);
    for (const line of [
      `audit --concert ${concertId}`,
      `events show --concert ${concertId}`,
      'events tail --from start --no-follow',
      `projections verify --concert ${concertId}`,
    ]) {
      const { status, err } = await cli(installation, line);
      expect([line, status, err]).toEqual([
        line,
        1,
        expect.stringMatching(/^concert-queue: LOG_UNAVAILABLE: schema id /),
      ]);
    }
    await registry.number('right');
    expect(await cli(installation, `audit --concert ${concertId}`)).toMatchObject({ status: 0 });
  }, 120_000);

  test.each(['named', 'unnamed'] as const)(
    'stops the partition at a new id (of a record whose schema is %s), until the right one is back',
    async (kind) => {
      const id = NEW_IDS[kind] + (how === 'swapped' ? 0 : 100);
      registry.alias(id, 'QueueResumed');
      granted(await api.changeState(concertId, 'pause'));
      const stored = [...(await storedIds()).values()];
      const { fingerprint = '' } = stored.find(({ subject }) => subject === 'concert.queue.QueueResumed') ?? {};
      const event: QueueEvent = { type: 'QueueResumed', concertId, occurredAt: 0 };
      const [record] = await recordsOf(installation, [event]);
      if (!record) throw new Error('no record was encoded');
      record.value.writeUInt32BE(id, 1);
      await registry.number(how);
      const headers = kind === 'named' ? { schema: fingerprint } : {};
      await writeRecords(installation, [{ ...record, key: keyOf(event), headers }]);

      const health = async (): Promise<HealthReport> => JSON.parse((await server.health('ready'))?.text ?? '{}');
      const isStopped = async () => (await health()).partitions?.[0]?.stuckAt === 'schema ids';
      await eventually(isStopped, { within: 30_000 });
      expect(await health()).toMatchObject({
        ready: false,
        roles: { projector: { cause: 'PARTITION_STUCK', detail: expect.stringContaining('schema id ') } },
      });
      const seen = await scrape(server.url);
      expect(firing(seen, seen)).toContain('ConcertQueueSchemaIds');
      const stuck = seen.of('concert_queue_projection_stuck').filter(({ value }) => value === 1);
      expect(stuck.map(({ labels }) => labels)).toEqual([{ partition: '0', step: 'schema_ids' }]);
      expect(server.output).toMatch(/partition 0 is stopped[^\n]*schema id/);
      expect(granted(await api.queue(concertId)).state).toBe('PAUSED');

      await registry.number('right');
      await eventually(async () => granted(await api.queue(concertId)).state === 'OPEN', { within: 30_000 });
      expect(await letters()).toEqual([]);
      expect((await storedIds()).get(id)?.fingerprint).toBe(fingerprint);
      granted(await api.changeState(concertId, 'pause'));
      await expectStoredEqualsFold(installation);
    },
    120_000,
  );
});
