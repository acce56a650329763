/** A batch of the log with a wrong byte on the broker's disk. */
import { glob, open } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { cli, cliJson } from '../support/command-line.ts';
import { type DedicatedKafka, startDedicatedKafka } from '../support/dedicated-kafka.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { asksFor, recordsOf, writeRecords } from '../support/producer.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const CONCERTS = ['seoul', 'busan', 'jeju', 'daegu'];
const resources = testResources();
let kafka: DedicatedKafka;
let installation: Installation;
let server: ServerProcess;
let api: Api;
/** The concert whose partition has the batch, and one of the other partition. */
let [damaged, intact] = ['', ''];

beforeAll(async () => {
  kafka = resources.use(await startDedicatedKafka());
  installation = resources.use(await Installation.create({ brokers: kafka.brokers }));
  damaged = CONCERTS.find((concert) => installation.partitionOf(concert) === 0) ?? '';
  intact = CONCERTS.find((concert) => installation.partitionOf(concert) === 1) ?? '';
  server = await installation.start();
  api = installation.apiOf(server);
  for (const concert of [damaged, intact]) granted(await api.configure(concert));
  await enter(damaged, 'ann');
  await server.stop();
  await writeRecords(
    installation,
    await recordsOf(
      installation,
      ['bo', 'cy', 'di'].map((user) => asksFor(damaged, user)),
    ),
  );
  await kafka.stop();
  await changeLastByte();
  await kafka.restart();
}, 240_000);

async function enter(concert: string, user: string): Promise<void> {
  const { entryToken } = granted(await api.requestEntry(concert, user));
  await eventually(async () => granted(await api.myEntry(concert, entryToken)).state !== 'PENDING', { within: 30_000 });
}

/** Of the newest batch in partition 0. */
async function changeLastByte(): Promise<void> {
  for await (const path of glob(`**/${installation.topic}-0/*.log`, { cwd: kafka.directory })) {
    const file = await open(join(kafka.directory, path), 'r+');
    const { size } = await file.stat();
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, size - 1);
    await file.write(Buffer.of(byte.readUInt8() ^ 0xff), 0, 1, size - 1);
    await file.close();
    return;
  }
  throw new Error('the broker has no segment of the partition');
}

const statusOf = async (partition: number) => {
  const partitions = (await cliJson(installation, 'projections status')) as { partition: number; state: string }[];
  return partitions.find((one) => one.partition === partition)?.state;
};

test('stops its own partition only, and is named', async () => {
  server = await installation.launch();
  await eventually(async () => (await server.health('live'))?.status === 200, { within: 60_000 });
  api = installation.apiOf(server);
  await eventually(() => server.output.includes('its checksum is wrong'), { within: 60_000 });
  expect(server.output).toMatch(
    /partition 0 is stopped .* the batch of partition 0 from offset \d+ to \d+ cannot be decoded/,
  );
  await eventually(async () => (await api.queue(intact)).ok);
  await enter(intact, 'ed');
  const audit = await cli(installation, `audit --concert ${damaged}`);
  expect(audit.status).toBe(1);
  expect(audit.err).toContain('cannot be decoded: its checksum is wrong');
}, 180_000);

test('is skipped by the operator, with its bytes as a dead letter', async () => {
  const [, first, last] = /from offset (\d+) to (\d+)/.exec(server.output) ?? [];
  expect(Number(last) - Number(first)).toBe(2);
  expect(await cli(installation, `dlt skip-batch 1/0`)).toMatchObject({ status: 1, out: '' });
  expect(await cliJson(installation, `dlt skip-batch 0/${first}`)).toMatchObject({ is: 'skipped' });
  await eventually(async () => (await statusOf(0)) === 'current', { within: 60_000 });
  await enter(damaged, 'fay');
  expect((await cliJson(installation, `dlt skip-batch 0/${last}`)) as object).toMatchObject({ is: 'skipped before' });
  expect(await cliJson(installation, 'dlt list')).toMatchObject([
    {
      partition: 0,
      offset: Number(last),
      code: 'UNDECODABLE_BATCH',
      value: expect.stringMatching(/^0{8}[0-9a-f]{200}/),
    },
  ]);
  expect(await cli(installation, `dlt redrive 0/${last}`)).toMatchObject({ status: 1 });
  expect((await cli(installation, `audit --concert ${damaged}`)).status).toBe(0);
  expect((await cli(installation, 'projections verify')).status).toBe(0);
}, 180_000);
