import { describe, expect, test } from '@jest/globals';
import { configured, leftBy, requestedBy, seconds } from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { keyOf } from '../event-log/partitioner.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { shown, viewThat } from '../ports/ports.fixtures.ts';
import { EventReader, UnreadableRecord } from '../projection/event-reader.ts';
import { type DeadLetter, withRedriveChecks } from './dead-letter-list.ts';
import { RedriveDeadLetters } from './redrive-dead-letters.ts';

const { concertId } = configured();
const GARBAGE = Buffer.from('garbage');
const FINGERPRINT = 'f'.repeat(64);
const reader = new EventReader(
  {
    encode: () => Buffer.alloc(0),
    fingerprintOf: () => FINGERPRINT,
    decode: (value: Buffer | null) => {
      if (value?.equals(GARBAGE)) throw new UnreadableRecord('WRONG_KEY', 'unreadable for this test');
      return JSON.parse(String(value)) as QueueEvent;
    },
  },
  1,
);

/** A log of one partition whose records at these offsets are dead letters. Redrives are folded at this second. */
function environment(
  events: readonly (QueueEvent | Buffer)[],
  dead: readonly number[],
  redrivenAtSecond = events.length,
) {
  const records = events.map((event, offset): LogRecord => {
    const key = Buffer.isBuffer(event) ? GARBAGE : Buffer.from(keyOf(event));
    const value = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event));
    return { partition: 0, offset, timestamp: seconds(offset + 1), key, value, headers: {} };
  });
  let queue: ConcertQueue | undefined;
  for (const [offset, event] of events.entries()) {
    if (dead.includes(offset) || Buffer.isBuffer(event)) continue;
    const at = { offset, timestamp: seconds(offset + 1) };
    if (queue) queue.apply(event, at);
    else if (event.type === 'QueueConfigured') queue = ConcertQueue.begin(event, at);
  }
  const log: LogReader = {
    partitions: 1,
    starts: async () => new Map([[0, 0]]),
    ends: async () => new Map([[0, records.length]]),
    async *read(_, from, to) {
      yield records.slice(from, to);
    },
  };
  const view = viewThat({
    entry: async (_, userId) => queue && { ...shown(queue), entry: queue.entryOf(userId), disqualified: false },
  });
  const letters = new Map(dead.map((offset) => [offset, seconds(offset + 1)]));
  const redriver = {
    append: async (record: LogRecord) => {
      const offset = records.length;
      const at = { offset, timestamp: seconds(redrivenAtSecond) };
      records.push({ ...record, ...at });
      queue?.apply(JSON.parse(String(record.value)) as QueueEvent, { ...at, redriveOf: record });
      return { topic: 'queue.entry', partition: 0, offset };
    },
  };
  const deadLetters = {
    add: async () => {},
    of: async () => letters,
    correctTimes: async () => {},
    timeCorrections: async () => new Map(),
  };
  const redrive = new RedriveDeadLetters({ log, deadLetters, reader, view, redriver });
  const listed = records.map((record): DeadLetter => ({ ...record, code: '', message: '', failedAt: '', letters: [] }));
  const check = async (offset: number) =>
    (await withRedriveChecks({ reader, view: async () => view }, listed.slice(offset, offset + 1)))[0]?.redrive;
  return { redrive, check, records };
}

const one = async ({ redrive }: ReturnType<typeof environment>, offset: number) =>
  (await redrive.these([{ partition: 0, offset }]))[0];

describe('a redrive', () => {
  test('reports the entry that it created', async () => {
    const lost = environment([configured(), requestedBy('ann'), requestedBy('bo')], [1]);
    expect(await lost.check(1)).toBe('possible');
    expect(await one(lost, 1)).toMatchObject({ is: 'redriven', concertId, receipt: { offset: 3 }, state: 'WAITING' });
    expect(await lost.check(1)).toBe('redriven before');
    expect(await one(lost, 1)).toMatchObject({ is: 'redriven before', concertId });
  });
  test('names the schema of a record of a release that did not', async () => {
    const lost = environment([configured(), requestedBy('ann')], [1]);
    await one(lost, 1);
    expect(lost.records.at(-1)?.headers).toMatchObject({ schema: FINGERPRINT });
  });
  test('reports a rejection', async () => {
    const early = environment([requestedBy('bo'), configured()], [0]);
    expect(await one(early, 0)).toMatchObject({
      is: 'redriven',
      state: 'REJECTED',
      rejectedBecause: 'QUEUE_NOT_OPEN',
    });
  });
  test('is refused if the receipt is too old', async () => {
    const brief = configured({ outcomeRetentionSeconds: 3 });
    const old = environment(
      [brief, requestedBy('ann'), requestedBy('bo'), requestedBy('cy'), requestedBy('dee')],
      [1, 3],
    );
    expect([await old.check(1), await old.check(3)]).toEqual(['too old', 'possible']);
    expect(await one(old, 1)).toMatchObject({
      is: 'refused',
      reason: expect.stringContaining('its receipt is older than outcomeRetentionSeconds (3 s)'),
    });
  });
  test('is reported if it had no effect, because the receipt became too old', async () => {
    const brief = configured({ outcomeRetentionSeconds: 3 });
    const old = environment([brief, requestedBy('ann'), requestedBy('bo')], [1], 9);
    expect(await one(old, 1)).toMatchObject({ is: 'no effect', receipt: { offset: 3 } });
    expect((await one(old, 1))?.reason).toContain('older than outcomeRetentionSeconds');
  });
  test.each([
    ['has a live entry', [requestedBy('ann', 'again')], 'its user is WAITING'],
    ['has left since', [requestedBy('ann', 'again'), leftBy('ann', 2)], 'its user has had a later entry'],
  ])('is refused if its user %s', async (_, events, reason) => {
    const later = environment([configured(), requestedBy('ann'), ...events], [1]);
    expect(await later.check(1)).toBe('later entry');
    expect(await one(later, 1)).toMatchObject({ is: 'refused', concertId, reason });
  });
  test.each([
    ['cannot be read', [configured(), GARBAGE], 'unreadable', 'it still cannot be read'],
    ['is another event', [configured(), leftBy('ann', 0)], 'no request', 'it is a QueueEntryLeft'],
    ['has no queue', [leftBy('bo', 0), requestedBy('ann')], 'no queue', 'its concert has no queue'],
  ])('is refused if the record %s', async (_, events, is, reason) => {
    const bad = environment(events, [1]);
    expect(await bad.check(1)).toBe(is);
    expect(await one(bad, 1)).toMatchObject({ is: 'refused', reason: expect.stringContaining(reason) });
  });
  test('of all dead letters keeps their order', async () => {
    const many = environment([configured(), requestedBy('ann'), GARBAGE, requestedBy('cy')], [1, 2, 3]);
    const verdicts = await many.redrive.all();
    expect(verdicts.map(({ offset, is }) => [offset, is])).toEqual([
      [1, 'redriven'],
      [2, 'refused'],
      [3, 'redriven'],
    ]);
  });
});

test('without a view, a list of dead letters does not say whether a redrive is possible', async () => {
  const letter = { partition: 0, offset: 1, timestamp: 1, key: GARBAGE, value: GARBAGE, headers: {} };
  const listed: DeadLetter = { ...letter, code: '', message: '', failedAt: '', letters: [] };
  const unavailable = () => Promise.reject(new Error('no server'));
  expect(await withRedriveChecks({ reader, view: unavailable }, [listed])).toEqual([{ ...listed, redrive: 'unknown' }]);
});
