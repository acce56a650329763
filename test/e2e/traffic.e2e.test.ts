import { beforeEach, describe, expect, test } from '@jest/globals';
import { HmacEntryTokens } from '../../src/infrastructure/driven/tokens/entry-token.hmac.ts';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import { asksFor, recordsOf, writeRecords } from '../support/producer.ts';
import { projected } from '../support/progress.ts';
import type { ServerProcess } from '../support/server.ts';
import { EntryLoad, notInLog } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';
import { unreadableRecords } from '../support/unreadable-record.ts';

const concerts = ['one', 'two', 'three', 'four'];

describe('while users enter', () => {
  const ofTest = resourcesOfEachTest();
  let installation: Installation;
  let server: ServerProcess;
  let api: Api;
  let load: EntryLoad;
  beforeEach(async () => {
    installation = ofTest().use(await Installation.create());
    server = await installation.start();
    api = installation.apiOf(server);
    for (const concertId of concerts) granted(await api.configure(concertId));
    load = new EntryLoad(api, concerts, 'user').start(16, 2);
    ofTest().defer(async () => void (await load.stop()));
    await eventually(() => load.acknowledged.length > 200, { within: 20_000 });
  }, 60_000);

  test('SIGTERM ends the process cleanly, and no acknowledged request is lost', async () => {
    // After the timeout of 10 s the status would be 1.
    expect(await server.stop()).toEqual({ status: 0, signal: null });
    expect(server.complaints).toBe('');
    load.api = installation.apiOf(await installation.start());
    const before = load.acknowledged.length;
    await eventually(() => load.acknowledged.length > before + 100, { within: 20_000 });
    expect(notInLog(await load.stop(), await expectStoredEqualsFold(installation))).toEqual([]);
    expect(load.wrong).toEqual([]);
  }, 90_000);

  test('unreadable records become dead letters, and all users are served', async () => {
    const unreadable = (await unreadableRecords(installation, 'one')).slice(0, -1); // an unknown schema takes 30 s
    const from = new Map((await topicEnds()).map(({ partition, offset }) => [partition, Number(offset)]));
    for (const record of unreadable) await writeRecords(installation, [record]);
    await projected(installation, 20_000);
    const before = load.acknowledged.length;
    await eventually(() => load.acknowledged.length > before + 200, { within: 20_000 });
    expect(server.alive).toBe(true);
    expect(notInLog(await load.stop(), await expectStoredEqualsFold(installation))).toEqual([]);
    expect(load.wrong).toEqual([]);

    const originals = await readTopic(installation, installation.topic);
    const letters = await readTopic(installation, installation.names.deadLetterTopic);
    const codes = letters.map(({ headers }) => headers['dlt-error-code'] ?? '');
    expect(new Set(codes)).toEqual(new Set(unreadable.map(({ code }) => code)));
    expect(codes).toHaveLength(unreadable.length);
    for (const { partition, key, value, headers } of letters) {
      const origin = originals.find(
        (one) => one.partition === partition && `${one.offset}` === headers['dlt-origin-offset'],
      );
      expect(origin).toMatchObject({ partition, key });
      expect(origin?.value.equals(value)).toBe(true);
      expect(origin?.offset).toBeGreaterThanOrEqual(from.get(partition) ?? 0);
      expect(headers).toMatchObject({
        'dlt-origin-topic': installation.topic,
        'dlt-origin-partition': `${partition}`,
        'dlt-origin-timestamp': `${origin?.timestamp}`,
        'dlt-error-message': expect.stringMatching(/./),
        'dlt-failed-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      });
    }

    // A new projector with an empty view reads them again and writes no second dead letter.
    await server.stop();
    const keys = await installation.redis.keys(`${installation.prefix}*`);
    await installation.redis.del(...keys);
    await installation.start({ ROLES: 'projector' });
    await expectStoredEqualsFold(installation);
    const after = await readTopic(installation, installation.names.deadLetterTopic);
    expect(after.length).toBe(letters.length);
  }, 90_000);

  test('a concert that was never configured is not found, and its records leave no keys', async () => {
    const answer = await api.requestEntry('nowhere', 'ann');
    expect(answer).toMatchObject({ status: 404, body: { code: 'CONCERT_NOT_FOUND' } });
    await writeRecords(installation, await recordsOf(installation, [asksFor('nowhere', 'ann')]));
    await projected(installation, 20_000);
    expect(await installation.redis.keys(`${installation.prefix}*nowhere*`)).toEqual([]);
    expect(await api.queue('nowhere')).toMatchObject({ status: 404 });
    const records = await readTopic(installation, installation.topic);
    const { partition = 0, offset = 0 } = records.find(({ key }) => key === 'ann:nowhere') ?? {};
    const claims = { userId: 'ann', concertId: 'nowhere', partition, offset };
    const token = new HmacEntryTokens([installation.tokenSecret]).sign(claims);
    expect(granted(await api.myEntry('nowhere', token))).toMatchObject({
      state: 'REJECTED',
      rejectedBecause: 'QUEUE_NOT_OPEN',
      receipt: { offset },
    });
  }, 60_000);

  const topicEnds = () => installation.withAdmin((admin) => admin.fetchTopicOffsets(installation.topic));
});
