import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Entry, granted } from '../support/api.ts';
import { NODE } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { AdmissionHistory } from './admission.fixtures.ts';
import { type AdmissionDocument, type TestUser, TestUsers } from './admission-users.fixtures.ts';

const EARLY = process.env['TEST_FORM'] === 'full' ? 2_000 : 60;
const LATE = 10;

describe(`an opening with a draw for ${EARLY} registered users, and ${LATE} later users`, () => {
  const concertId = 'spring-tour';
  const resources = testResources();
  let installation: Installation;
  let users: TestUsers;
  let early: readonly TestUser[];
  let late: readonly TestUser[];
  let before: { readonly document: AdmissionDocument; readonly entries: readonly Entry[] };
  let after: AdmissionDocument;
  let history: AdmissionHistory;

  const entriesOf = (those: readonly TestUser[]): Promise<readonly Entry[]> =>
    Promise.all(those.map(async ({ entryToken }) => granted(await users.api.myEntry(concertId, entryToken))));

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    const api = installation.apiOf(await installation.start());
    users = new TestUsers(api, concertId);
    const opensAt = new Date(Date.now() + 6_000 + EARLY * 3).toISOString();
    const room1 = { capacity: EARLY, admissionsPerMinute: 60_000, claimWindowSeconds: 60, activeWindowSeconds: 60 };
    granted(await api.configure(concertId, { ...room1, opensAt, beforeOpening: 'draw' }));
    await users.enter(EARLY, 'early', ['never claims']);
    early = [...users.all];
    const entries = await eventually(async () => {
      const seen = await entriesOf(early);
      return seen.every(({ state }) => state !== 'PENDING') && seen;
    });
    const document = await eventually(async () => {
      const seen = await users.document(); // the document may be a second old
      return seen.registered === EARLY && seen;
    });
    before = { document, entries };
    after = await eventually(
      async () => {
        const document = await users.document();
        return document.ready === EARLY && document;
      },
      { within: 60_000, every: 100 },
    );
    await users.enter(LATE, 'late', ['never claims']);
    late = users.all.slice(EARLY);
    await eventually(async () => (await users.document()).waiting === LATE);
    history = new AdmissionHistory(await expectStoredEqualsFold(installation), concertId);
  }, 120_000);

  test('registers users before it, and admits none of them', () => {
    expect(before.document.state).toBe('SCHEDULED');
    expect(before.document).toMatchObject({ registered: EARLY, waiting: 0, ready: 0, admittedThrough: -1 });
    expect(new Set(before.entries.map(({ state }) => state))).toEqual(new Set(['REGISTERED']));
    const draw = history.steps.find(({ type }) => type === 'DrawHeld');
    const beforeDraw = history.steps.filter(({ offset }) => offset < (draw?.offset ?? 0));
    expect(beforeDraw.every(({ admitted }) => admitted === 0)).toBe(true);
  });

  test('publishes the commitment at once, and the seed only with the draw', () => {
    expect(before.document.drawCommitment).toMatch(/^[0-9a-f]{64}$/);
    expect(before.document.drawSeed).toBeUndefined();
    expect(after.drawCommitment).toBe(before.document.drawCommitment);
    expect(after.drawSeed).toMatch(/^[0-9a-f]{64}$/);
  });

  test('assigns the places that docs/verify-draw.mjs computes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'verify-draw-'));
    const [queue, offsets] = [join(directory, 'queue.json'), join(directory, 'offsets.json')];
    try {
      writeFileSync(queue, JSON.stringify(after));
      writeFileSync(offsets, JSON.stringify(early.map(({ offset }) => offset)));
      const lines = execFileSync(NODE, ['docs/verify-draw.mjs', queue, offsets], { encoding: 'utf8' })
        .trim()
        .split('\n');
      const computed = new Map(lines.map((line) => line.split(' ').map(Number) as [number, number]));
      const places = new Map((await entriesOf(early)).map(({ receipt, place }) => [receipt.offset, place]));
      expect(places).toEqual(computed);
      expect([...computed.keys()]).not.toEqual([...computed.keys()].toSorted((a, b) => a - b));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('admits the users in the order of these places, each once', () => {
    expect(history.order).toEqual(early.map(({ offset }) => offset).toSorted((a, b) => a - b));
    expect(history.admittedTwice).toEqual([]);
  });

  test('places later users behind them, by their receipts', async () => {
    const entries = await entriesOf(late);
    const byReceipt = entries.toSorted((a, b) => a.receipt.offset - b.receipt.offset);
    expect(byReceipt.map(({ position }) => position)).toEqual(Array.from({ length: LATE }, (_, k) => k + 1));
    expect(entries.every(({ receipt, place }) => place === receipt.offset)).toBe(true);
  });
});
