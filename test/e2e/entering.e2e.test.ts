import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { RegistryDecoder, readTopic } from '../support/log-reader.ts';
import { type Acknowledged, EntryLoad, inParallel } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const USERS = 2_000;
const CONNECTIONS = 64;
const concerts = Array.from({ length: 8 }, (_, number) => `concert-${number}`);

describe('2,000 users entering 8 concerts over 64 connections, every tenth twice', () => {
  const resources = testResources();
  let installation: Installation;
  let api: Api;
  const firsts: Acknowledged[] = [];
  const all: Acknowledged[] = [];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 4 }));
    api = installation.apiOf(await installation.start(), CONNECTIONS);
    await inParallel(concerts, 8, async (concertId) => void granted(await api.configure(concertId)));
    for (const concertId of concerts) granted(await api.changeState(concertId, 'pause')); // no user is admitted, so positions do not change
    const load = new EntryLoad(api, concerts, 'user');
    const requests = Array.from({ length: USERS }, (_, number) => number).flatMap((number) =>
      number % 10 === 0 ? [number, number] : [number],
    );
    await inParallel(requests, CONNECTIONS, (number) => load.enter(concerts[number % 8] ?? '', `user-${number}`));
    if (load.wrong.length > 0) throw new Error(`wrong responses: ${load.wrong.slice(0, 5).join(', ')}`);
    all.push(...load.acknowledged);
    const first = new Map<string, Acknowledged>();
    for (const one of all) {
      const before = first.get(one.userId);
      if (!before || one.receipt.offset < before.receipt.offset) first.set(one.userId, one);
    }
    firsts.push(...first.values());
  }, 90_000);

  test('gives each request its own receipt', () => {
    expect(all).toHaveLength(USERS * 1.1);
    expect(new Set(all.map(({ receipt: { partition, offset } }) => `${partition}/${offset}`)).size).toBe(all.length);
  });

  test('gives a request sent after another response the larger receipt', () => {
    for (const concertId of concerts) {
      const ofConcert = all.filter((one) => one.concertId === concertId);
      const byAnswer = ofConcert.toSorted((a, b) => a.answeredAt - b.answeredAt);
      const bySending = ofConcert.toSorted((a, b) => a.sentAt - b.sentAt);
      let answered = 0;
      let highest = -1;
      for (const { sentAt, receipt } of bySending) {
        for (let one = byAnswer[answered]; one && one.answeredAt < sentAt; one = byAnswer[++answered])
          highest = Math.max(highest, one.receipt.offset);
        expect(receipt.offset).toBeGreaterThan(highest);
      }
    }
  });

  test('assigns positions 1 to n in the order of receipts, and keeps the first place of a user who requests twice', async () => {
    const expected = new Map<string, { position: number; offset: number }>();
    for (const concertId of concerts) {
      firsts
        .filter((one) => one.concertId === concertId)
        .toSorted((a, b) => a.receipt.offset - b.receipt.offset)
        .forEach(({ userId, receipt }, index) => expected.set(userId, { position: index + 1, offset: receipt.offset }));
    }
    const wrong: string[] = [];
    await inParallel(all, CONNECTIONS, async ({ concertId, userId, entryToken }) => {
      const entry = await eventually(async () => {
        const seen = granted(await api.myEntry(concertId, entryToken));
        return seen.state !== 'PENDING' && seen;
      });
      const { position, offset } = expected.get(userId) ?? {};
      const isRight = entry.state === 'WAITING' && entry.position === position && entry.receipt.offset === offset;
      if (!isRight) wrong.push(`${userId}: ${JSON.stringify(entry)}, expected ${position} by ${offset}`);
    });
    expect(wrong).toEqual([]);
  }, 60_000);

  test('leaves a stored state that equals a fold of the topic from its first record', async () => {
    const events = await expectStoredEqualsFold(installation);
    expect(events.filter(({ event }) => event.type === 'QueueEntryRequested')).toHaveLength(all.length);
  }, 30_000);

  test('writes records that the registry client decodes', async () => {
    const decoder = new RegistryDecoder(installation);
    const users = new Map(all.map(({ receipt, userId }) => [`${receipt.partition}/${receipt.offset}`, userId]));
    let requests = 0;
    for (const { partition, offset, value, key } of await readTopic(installation, installation.topic)) {
      const { name, fields } = await decoder.decode(value);
      if (name !== 'concert.queue.QueueEntryRequested') continue;
      requests += 1;
      const userId = users.get(`${partition}/${offset}`);
      expect(fields).toMatchObject({ userId, concertId: key.slice(key.indexOf(':') + 1) });
    }
    expect(requests).toBe(all.length);
  }, 30_000);
});
