import { createHash, createHmac } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { command, startCommand } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { type LoggedEvent, readEvents, stateOf } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import { asksFor, recordsOf, writeRecords } from '../support/producer.ts';
import { foldedRecords, loggedRecords } from '../support/progress.ts';
import { testResources } from '../support/test-resources.ts';
import { AdmissionHistory } from './admission.fixtures.ts';
import { TestUsers } from './admission-users.fixtures.ts';

const USERS = 30;
const CAPACITY = 10;

interface Letter {
  readonly partition: number;
  readonly offset: number;
  readonly code: string;
}
interface Audit {
  readonly passed: boolean;
  readonly offset: number;
  readonly digest: string;
  readonly admissionsByHour: readonly { readonly admitted: number }[];
  readonly draw: object;
}
interface QueueAt {
  readonly queue: Readonly<Record<'ready' | 'active' | 'projectedOffset', number>> & { readonly projectedAt: string };
  readonly line: readonly object[];
}

describe(`the log of a queue with ${CAPACITY} slots, an opening with a draw, and two unreadable records`, () => {
  const resources = testResources();
  let installation: Installation;
  let api: Api;
  let events: readonly LoggedEvent[];
  let unreadable: Letter;

  /** The JSON output of a command. */
  const json = async <T>(...args: readonly string[]): Promise<T> => {
    const { out, err } = await command(installation, ...args, '--json');
    expect(err).toBe('');
    return JSON.parse(out) as T;
  };

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    api = installation.apiOf(await installation.start());
    const policy = { capacity: CAPACITY, admissionsPerMinute: 60_000, claimWindowSeconds: 2, activeWindowSeconds: 2 };
    granted(await api.configure('rush', policy));
    const users = new TestUsers(api, 'rush');
    await users.enter(USERS);

    const partition = installation.partitionOf('rush');
    const garbage = { partition, key: 'first:rush', value: Buffer.from('no event at all') };
    const [foreign] = await recordsOf(installation, [asksFor('rush', 'late')]);
    await writeRecords(installation, [
      garbage,
      { ...garbage, key: 'other:rush', value: foreign?.value ?? garbage.value },
    ]);

    const opensAt = new Date(Date.now() + 3_000).toISOString();
    granted(await api.configure('drawn', { ...policy, capacity: 100, opensAt, beforeOpening: 'draw' }));
    const drawn = new TestUsers(api, 'drawn');
    await drawn.enter(12, 'hopeful', ['never claims']);
    await users.runUntilAdmitted(30_000);
    await eventually(
      async () => {
        const [rush, other] = [await users.document(), await drawn.document()];
        return rush.ready + rush.active + other.registered + other.waiting + other.ready === 0;
      },
      { within: 30_000, every: 100 },
    );
    granted(await api.changeState('rush', 'close'));
    await eventually(async () => (await foldedRecords(installation)) === (await loggedRecords(installation)));
    events = await readEvents(installation);
    const list = await json<Letter[]>('dlt', 'list');
    unreadable = list[0] ?? { partition: -1, offset: -1, code: '' };
  }, 90_000);

  test('passes the audit of order, capacity and single entries, and its digest is that of the folded state', async () => {
    const audit = await json<Audit>('audit', '--concert', 'rush');
    expect(audit).toMatchObject({
      passed: true,
      entries: USERS,
      called: USERS,
      rejected: 0,
      inversions: 0,
      capacityBreaches: 0,
      duplicateEntries: 0,
      skipped: [],
    });
    expect(audit.admissionsByHour.reduce((sum, { admitted }) => sum + admitted, 0)).toBe(USERS);
    const { queue } = new AdmissionHistory(events, 'rush');
    expect(audit.digest).toBe(createHash('sha256').update(stateOf(queue)).digest('hex'));
    expect(audit.offset).toBe(queue.offset);
  }, 30_000);

  test('recomputes its draw', async () => {
    const { passed, draw } = await json<Audit>('audit', '--concert', 'drawn');
    expect(passed).toBe(true);
    expect(draw).toMatchObject({ registered: 12, isCommitted: true, isOrdered: true });
  }, 30_000);

  test('exports receipt, place and admission time of each user under pseudonyms', async () => {
    const file = join(tmpdir(), `${installation.prefix}list.csv`);
    const salt = 'of this test';
    const result = await command(installation, 'audit', '--concert', 'rush', '--export', file, '--salt', salt);
    expect(result).toMatchObject({ status: 0, err: '' });
    const [heading, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await rm(file);
    expect(heading).toBe('user,receipt,place,calledAt');
    const partition = installation.partitionOf('rush');
    const expected = new AdmissionHistory(events, 'rush').admissions.map(({ userId, place, admittedAt }) => {
      const user = createHmac('sha256', salt).update(userId).digest('hex').slice(0, 16);
      return `${user},${partition}/${place},${place},${new Date(admittedAt).toISOString()}`;
    });
    expect(lines).toEqual(expected);
    expect(result.out).toContain(`\n${file} holds ${lines.length} entries: pseudonym, `);
    const nowhere = join(file, 'below');
    expect(await command(installation, 'audit', '--concert', 'rush', '--export', nowhere)).toEqual({
      status: 1,
      out: '',
      err: expect.stringMatching(/^concert-queue: \S+ cannot be written: ENOENT: [^\n]*\n$/),
    });
  }, 30_000);

  test('cannot be audited for an unknown concert', async () => {
    expect(await command(installation, 'audit', '--concert', 'nowhere')).toEqual({
      status: 1,
      out: '',
      err: 'concert-queue: CONCERT_NOT_FOUND: The log has never configured nowhere.\n',
    });
  }, 30_000);

  test('shows the queue after any record, by offset and by time', async () => {
    const steps = new AdmissionHistory(events, 'rush').steps;
    for (const step of [steps[5], steps[Math.floor(steps.length / 2)], steps.at(-1)]) {
      const { offset = 0, timestamp = 0, waiting, admitted } = step ?? {};
      const at = await json<QueueAt>('events', 'show', '--concert', 'rush', '--at', `${offset}`);
      expect(at.queue).toMatchObject({
        projectedOffset: offset,
        waiting,
        projectedAt: new Date(timestamp).toISOString(),
      });
      expect(at.queue.ready + at.queue.active).toBe(admitted);
      expect(at.line).toHaveLength(Math.min(20, waiting ?? 0));
      const time = new Date(timestamp).toISOString();
      const then = await json<QueueAt>('events', 'show', '--concert', 'rush', '--at', time);
      expect(then.queue.projectedAt).toBe(time);
      expect(then.queue.projectedOffset).toBeGreaterThanOrEqual(offset);
    }
    const words = await command(installation, 'events', 'show', '--concert', 'rush', '--at', `${steps[5]?.offset}`);
    expect(words.out).toMatch(/^concertId +rush$/m);
    expect(words.out).toMatch(/^1 +fan-\d+ +WAITING +receipt \d+$/m);
  }, 60_000);

  test('cannot be shown at a future offset or an invalid time', async () => {
    const at = async (text: string) =>
      (await command(installation, 'events', 'show', '--concert', 'rush', '--at', text)).err;
    expect(await at('99999999')).toMatch(/^concert-queue: NOT_FOUND: The log of partition \d ends before/);
    expect(await at('2001-01-01T00:00:00Z')).toMatch(/CONCERT_NOT_FOUND: rush was not configured by 2001/);
    expect(await at('yesterday')).toMatch(/INVALID_REQUEST: --at must be an offset, or a time/);
  }, 30_000);

  test('is listed as events, optionally of one concert and type', async () => {
    const tail = (...args: string[]) =>
      command(installation, 'events', 'tail', '--from', 'start', '--no-follow', ...args);
    const all = (await tail('--json')).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(all.filter(({ event }) => event)).toHaveLength(events.length);
    expect(all.filter(({ unreadable }) => unreadable)).toHaveLength(2);
    const admissions = (await tail('--concert', 'rush', '--event', 'EntriesAdmitted')).out.trimEnd().split('\n');
    expect(admissions).toHaveLength(
      events.filter(({ event }) => event.type === 'EntriesAdmitted' && event.concertId === 'rush').length,
    );
    expect(admissions[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z +\d\/\d+ +EntriesAdmitted +rush +through=\d+$/);
  }, 30_000);

  test('is tailed without an error when the reader closes the pipe', async () => {
    const tail = await startCommand(installation, 'events', 'tail', '--from', 'start', '--no-follow');
    tail.hangUp(); // before the first line, so every write fails
    expect(await tail.ended).toMatchObject({ status: 0, err: '' });
  }, 30_000);

  test('lists its dead letters, and shows the bytes and the error of one', async () => {
    const list = await json<Letter[]>('dlt', 'list');
    expect(list.map(({ code }) => code)).toEqual(['NOT_WIRE_FORMAT', 'WRONG_KEY']);
    const name = `${unreadable.partition}/${unreadable.offset}`;
    const [shown] = await json<{ value: string }[]>('dlt', 'show', name);
    expect(shown).toMatchObject({ counts: true, now: { code: 'NOT_WIRE_FORMAT' } });
    expect(Buffer.from(shown?.value ?? '', 'hex').toString()).toBe('no event at all');
    const words = await command(installation, 'dlt', 'show', name);
    expect(words.out).toContain('000000  6e 6f 20 65 76 65 6e 74 20 61 74 20 61 6c 6c     no event at all');
    expect((await command(installation, 'dlt', 'show', '0/424242')).status).toBe(1);
  }, 30_000);

  test('equals its views, with exit status 0', async () => {
    const verified = await command(installation, 'projections', 'verify');
    expect(verified.err).toBe('');
    expect(verified.out).toMatch(/All 2 views agree with the log\.\n$/);
    expect(verified.status).toBe(0);
    const wrong = await command(installation, 'projections', 'verify', '--concert', 'nowhere', '--json');
    expect(wrong.status).toBe(1);
    expect(JSON.parse(wrong.out)).toMatchObject({ agrees: false });
    const status = await json<{ deadLetters: number }[]>('projections', 'status');
    expect(status.map(({ deadLetters }) => deadLetters).toSorted((a, b) => a - b)).toEqual([0, 2]);
  }, 60_000);

  test('is followed until an interrupt', async () => {
    const tail = await startCommand(
      installation,
      'events',
      'tail',
      '--concert',
      'rush',
      '--from',
      `${unreadable.offset}`,
    );
    try {
      // It has shown the existing records; the next event is new.
      await eventually(() => tail.printed().includes('cannot be read'), { within: 20_000 });
      granted(await api.changeState('rush', 'resume'));
      await eventually(() => /QueueResumed +rush\b/.test(tail.printed()), { within: 10_000 });
    } finally {
      tail.interrupt();
    }
    expect(await tail.ended).toMatchObject({ status: 0, err: '' });
  }, 40_000);
});
