import { beforeAll, describe, expect, test } from '@jest/globals';
import type { HealthReport } from '../../src/application/health/health-report.ts';
import { HmacEntryTokens } from '../../src/infrastructure/driven/tokens/entry-token.hmac.ts';
import { firing } from '../support/alerts.ts';
import { type Api, type Entry, granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { type RawRecord, readTopic } from '../support/log-reader.ts';
import { scrape } from '../support/metrics.ts';
import { asksFor, recordsOf, writeRecords } from '../support/producer.ts';
import type { ServerProcess } from '../support/server.ts';
import { EntryLoad } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { unreadableRecords } from '../support/unreadable-record.ts';

/** An unknown schema id becomes a dead letter after 30 s. */
const DENIED_WITHIN_MS = 45_000;
const concerts = ['north', 'south', 'east', 'west'];

describe('dead letters', () => {
  const resources = testResources();
  let installation: Installation;
  let projector: ServerProcess;
  let api: Api;
  /** A concert of the partition with the unreadable records, and one of another partition. */
  let [affected, elsewhere] = ['', ''];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    projector = await installation.start({ ROLES: 'projector' });
    api = installation.apiOf(await installation.start({ ROLES: 'api' }));
    for (const concertId of concerts) {
      granted(await api.configure(concertId));
      granted(await api.changeState(concertId, 'pause'));
    }
    [affected = ''] = concerts;
    elsewhere = concerts.find((id) => installation.partitionOf(id) !== installation.partitionOf(affected)) ?? '';
    expect(elsewhere).not.toBe('');
  }, 60_000);

  const tokens = () => new HmacEntryTokens([installation.tokenSecret]);
  const tokenOf = (userId: string, offset: number): string =>
    tokens().sign({ userId, concertId: affected, partition: installation.partitionOf(affected), offset });
  const entryOf = async (userId: string, offset: number): Promise<Entry> =>
    granted(await api.myEntry(affected, tokenOf(userId, offset)));
  const letters = () => readTopic(installation, installation.names.deadLetterTopic);
  const origins = async (): Promise<readonly number[]> =>
    (await letters()).map(({ headers }) => Number(headers['dlt-origin-offset']));

  /** The record of a user's entry request. */
  async function requestOf(userId: string): Promise<RawRecord> {
    const records = await readTopic(installation, installation.topic);
    const found = records.find(({ key }) => key === `${userId}:${affected}`);
    if (!found) throw new Error(`no request of ${userId}`);
    return found;
  }

  /** Writes a dead letter like a process that could not read the record. */
  async function passOver({ partition, offset, timestamp, key, value }: RawRecord, stamped = timestamp): Promise<void> {
    const producer = installation.kafka.producer({ createPartitioner: () => () => partition });
    await producer.connect();
    const headers = {
      'dlt-origin-topic': installation.topic,
      'dlt-origin-partition': `${partition}`,
      'dlt-origin-offset': `${offset}`,
      'dlt-origin-timestamp': `${stamped}`,
      'dlt-error-code': 'UNKNOWN_SCHEMA',
    };
    await producer.send({ topic: installation.names.deadLetterTopic, messages: [{ partition, key, value, headers }] });
    await producer.disconnect();
  }

  test('collect unreadable records of every kind while all users are served', async () => {
    const load = new EntryLoad(api, concerts, 'fan').start(8, 10);
    const unreadable = await unreadableRecords(installation, affected);
    for (const record of unreadable) await writeRecords(installation, [record]);
    await writeRecords(installation, await recordsOf(installation, [asksFor(affected, 'good')]));
    // The other partition does not wait 30 s for the unknown schema.
    await load.enter(elsewhere, 'while-it-stands');
    const there = load.acknowledged.at(-1);
    await eventually(async () => granted(await api.myEntry(elsewhere, there?.entryToken ?? '')).state === 'WAITING');

    await eventually(async () => (await letters()).length === 7, { within: DENIED_WITHIN_MS, every: 500 });
    const codes = (await letters()).map(({ headers }) => headers['dlt-error-code']);
    expect(codes).toEqual(unreadable.map(({ code }) => code));
    const { offset } = await requestOf('good');
    await eventually(async () => (await entryOf('good', offset)).state === 'WAITING', { within: 20_000 });
    await load.stop();
    expect([load.wrong, [...load.repeats]]).toEqual([[], []]);
    await expectStoredEqualsFold(installation);
    expect(await command(installation, 'projections', 'rebuild', '--json')).toMatchObject({ status: 0, err: '' });
    await expectStoredEqualsFold(installation);
    expect((await letters()).length).toBe(7);
  }, 150_000);

  test('of another process are skipped, even if the record is readable and already folded', async () => {
    await writeRecords(
      installation,
      await recordsOf(installation, [asksFor(affected, 'ann'), asksFor(affected, 'bo')]),
    );
    const [ann, bo] = [await requestOf('ann'), await requestOf('bo')];
    await eventually(async () => (await entryOf('bo', bo.offset)).state === 'WAITING');
    await passOver(ann);
    await eventually(async () => (await entryOf('ann', ann.offset)).state === 'PENDING', { within: 20_000 });
    await expectStoredEqualsFold(installation);
    expect(projector.output).toContain('is rebuilt');
  }, 60_000);

  test('are binding for a new owner, even if the record is readable now', async () => {
    await projector.kill9();
    await writeRecords(
      installation,
      await recordsOf(installation, [asksFor(affected, 'cy'), asksFor(affected, 'dee')]),
    );
    const [cy, dee] = [await requestOf('cy'), await requestOf('dee')];
    await passOver(cy);
    await passOver(cy); // written by two owners
    await passOver(dee, dee.timestamp - 1); // of another topic
    projector = await installation.start({ ROLES: 'projector' });
    await eventually(async () => (await entryOf('dee', dee.offset)).state === 'WAITING', { within: 20_000 });
    expect(await entryOf('cy', cy.offset)).toMatchObject({ state: 'PENDING' });
    await expectStoredEqualsFold(installation);
  }, 60_000);

  test('are redriven once, to the place of the receipt', async () => {
    const [ann, bo, cy] = [await requestOf('ann'), await requestOf('bo'), await requestOf('cy')];
    const before = await entryOf('bo', bo.offset);
    const record = `${ann.partition}/${ann.offset}`;
    const first = await command(installation, 'dlt', 'redrive', record, '--json');
    expect([first.status, JSON.parse(first.out)]).toMatchObject([0, [{ is: 'redriven', concertId: affected }]]);
    await eventually(async () => (await entryOf('ann', ann.offset)).state === 'WAITING');
    expect(await entryOf('ann', ann.offset)).toMatchObject({
      receipt: { offset: ann.offset },
      place: ann.offset,
      position: before.position,
    });
    expect(await entryOf('bo', bo.offset)).toMatchObject({ position: (before.position ?? 0) + 1 });

    // Repeat the redrive with the command and with a second copy in the log, after ann has left.
    granted(await api.leave(affected, tokenOf('ann', ann.offset)));
    await eventually(async () => (await entryOf('ann', ann.offset)).state === 'LEFT');
    const again = await command(installation, 'dlt', 'redrive', '--all', '--json');
    const result: { offset: number; is: string }[] = JSON.parse(again.out);
    expect(again.status).toBe(0);
    expect(result).toContainEqual(expect.objectContaining({ offset: ann.offset, is: 'redriven before' }));
    expect(result).toContainEqual(expect.objectContaining({ offset: cy.offset, is: 'redriven' }));
    expect(result.filter(({ is }) => is === 'refused').length).toBeGreaterThanOrEqual(7);
    await sayAgain(ann);
    await eventually(async () => (await entryOf('cy', cy.offset)).state === 'WAITING');
    expect(await entryOf('ann', ann.offset)).toMatchObject({ state: 'LEFT' });
    await expectStoredEqualsFold(installation);
    expect(await command(installation, 'projections', 'rebuild', '--concert', affected)).toMatchObject({ status: 0 });
    await expectStoredEqualsFold(installation);
  }, 90_000);

  /** A second copy of a redriven record, as after a lost acknowledgement. */
  async function sayAgain({ partition, offset, timestamp, key, value }: RawRecord): Promise<void> {
    const producer = installation.kafka.producer({ createPartitioner: () => () => partition });
    await producer.connect();
    const headers = { 'redrive-of': `${offset}`, 'redrive-of-timestamp': `${timestamp}` };
    await producer.send({ topic: installation.topic, messages: [{ partition, key, value, headers }] });
    await producer.disconnect();
  }

  test('cannot be redriven if missing or unreadable', async () => {
    const { partition, offset } = await requestOf('bo');
    const [first] = await origins();
    const refused = await command(installation, 'dlt', 'redrive', `${partition}/${offset}`);
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('no dead letter names it') });
    const garbage = await command(installation, 'dlt', 'redrive', `${partition}/${first}`);
    expect(garbage).toMatchObject({ status: 1, out: '', err: expect.stringContaining('cannot be read') });
    expect(await command(installation, 'dlt', 'redrive')).toMatchObject({ status: 1 });
  }, 30_000);
});

test('a dead letter that cannot be written stops its partition only, and is reported', async () => {
  await using installation = await Installation.create({ partitions: 2 });
  const projector = await installation.start({ ROLES: 'projector' });
  const api = installation.apiOf(await installation.start({ ROLES: 'api' }));
  for (const concertId of concerts) granted(await api.configure(concertId));
  const [stopped = ''] = concerts;
  const partition = installation.partitionOf(stopped);
  const elsewhere = concerts.find((id) => installation.partitionOf(id) !== partition) ?? '';
  const topic = installation.names.deadLetterTopic;
  await installation.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
  await writeRecords(installation, [{ partition, key: 'x', value: Buffer.from('garbage') }]);
  const stateOf = async (concertId: string, token: string): Promise<string> =>
    granted(await api.myEntry(concertId, token)).state;
  const behind = granted(await api.requestEntry(stopped, 'ann')).entryToken;
  const free = granted(await api.requestEntry(elsewhere, 'bo')).entryToken;
  await eventually(async () => (await stateOf(elsewhere, free)) !== 'PENDING');
  await eventually(() => projector.output.includes(`partition ${partition} is stopped`), { within: 20_000 });
  expect(await stateOf(stopped, behind)).toBe('PENDING');
  expect(projector.output).toContain('cannot write the dead letter');
  const health: HealthReport = JSON.parse((await projector.health('ready'))?.text ?? '');
  expect(health).toMatchObject({ ready: false });
  expect(health.partitions?.[partition]).toMatchObject({ state: 'stuck', stuckAt: 'dead letters', lagEvents: 2 });
  expect(health.partitions?.[1 - partition]).toMatchObject({ state: 'live', lagEvents: 0, deadLetters: 0 });
  const seen = await scrape(projector.url);
  expect(firing(seen, seen)).toEqual(
    expect.arrayContaining(['ConcertQueueProjectionStuck', 'ConcertQueueDeadLettersUnwritable']),
  );
  const stuck = seen.of('concert_queue_projection_stuck').filter(({ value }) => value === 1);
  expect(stuck.map(({ labels }) => labels)).toEqual([{ partition: `${partition}`, step: 'dead_letters' }]);

  expect(await command(installation, 'topics', 'create')).toMatchObject({ status: 0 });
  await eventually(async () => (await stateOf(stopped, behind)) !== 'PENDING', { within: 30_000 });
  expect((await readTopic(installation, topic)).map(({ value }) => value.toString())).toEqual(['garbage']);
  await expectStoredEqualsFold(installation);
}, 120_000);
