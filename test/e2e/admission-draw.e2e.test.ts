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
import { Room } from './admission.fixtures.ts';
import { type RoomDocument, type Visitor, Visitors } from './admission-users.fixtures.ts';

const EARLY = process.env['TEST_FORM'] === 'full' ? 2_000 : 60;
const LATE = 10;

describe(`an opening with a draw, for which ${EARLY} are registered and after which ${LATE} more come`, () => {
  const concertId = 'spring-tour';
  const resources = testResources();
  let installation: Installation;
  let visitors: Visitors;
  let early: readonly Visitor[];
  let late: readonly Visitor[];
  let before: { readonly document: RoomDocument; readonly entries: readonly Entry[] };
  let after: RoomDocument;
  let room: Room;

  const entriesOf = (those: readonly Visitor[]): Promise<readonly Entry[]> =>
    Promise.all(those.map(async ({ entryToken }) => granted(await visitors.api.myEntry(concertId, entryToken))));

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    const api = installation.apiOf(await installation.start());
    visitors = new Visitors(api, concertId);
    const opensAt = new Date(Date.now() + 6_000 + EARLY * 3).toISOString();
    const room1 = { capacity: EARLY, admissionsPerMinute: 60_000, claimWindowSeconds: 60, activeWindowSeconds: 60 };
    granted(await api.configure(concertId, { ...room1, opensAt, beforeOpening: 'draw' }));
    await visitors.enter(EARLY, 'early', ['never claims']);
    early = [...visitors.all];
    const entries = await eventually(async () => {
      const seen = await entriesOf(early);
      return seen.every(({ state }) => state !== 'PENDING') && seen;
    });
    const document = await eventually(async () => {
      const seen = await visitors.document(); // may be a second old
      return seen.registered === EARLY && seen;
    });
    before = { document, entries };
    after = await eventually(
      async () => {
        const document = await visitors.document();
        return document.ready === EARLY && document;
      },
      { within: 60_000, every: 100 },
    );
    await visitors.enter(LATE, 'late', ['never claims']);
    late = visitors.all.slice(EARLY);
    await eventually(async () => (await visitors.document()).waiting === LATE);
    room = new Room(await expectStoredEqualsFold(installation), concertId);
  }, 120_000);

  test('registers whoever comes before it, and calls nobody', () => {
    expect(before.document.state).toBe('SCHEDULED');
    expect(before.document).toMatchObject({ registered: EARLY, waiting: 0, ready: 0, admittedThrough: -1 });
    expect(new Set(before.entries.map(({ state }) => state))).toEqual(new Set(['REGISTERED']));
    const draw = room.moments.find(({ type }) => type === 'DrawHeld');
    const beforeDraw = room.moments.filter(({ offset }) => offset < (draw?.offset ?? 0));
    expect(beforeDraw.every(({ called }) => called === 0)).toBe(true);
  });

  test('shows from the start to which seed it is committed, and the seed only with the draw', () => {
    expect(before.document.drawCommitment).toMatch(/^[0-9a-f]{64}$/);
    expect(before.document.drawSeed).toBeUndefined();
    expect(after.drawCommitment).toBe(before.document.drawCommitment);
    expect(after.drawSeed).toMatch(/^[0-9a-f]{64}$/);
  });

  test('gives the places that anyone computes with docs/verify-draw.mjs', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'verify-draw-'));
    const [queue, offsets] = [join(directory, 'queue.json'), join(directory, 'offsets.json')];
    try {
      writeFileSync(queue, JSON.stringify(after));
      writeFileSync(offsets, JSON.stringify(early.map(({ offset }) => offset)));
      const lines = execFileSync(NODE, ['docs/verify-draw.mjs', queue, offsets], { encoding: 'utf8' })
        .trim()
        .split('\n');
      const computed = new Map(lines.map((line) => line.split(' ').map(Number) as [number, number]));
      const told = new Map((await entriesOf(early)).map(({ receipt, place }) => [receipt.offset, place]));
      expect(told).toEqual(computed);
      expect([...computed.keys()]).not.toEqual([...computed.keys()].toSorted((a, b) => a - b));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('calls them in the order of these places, and nobody twice', () => {
    expect(room.order).toEqual(early.map(({ offset }) => offset).toSorted((a, b) => a - b));
    expect(room.calledTwice).toEqual([]);
  });

  test('lets latecomers stand behind, by their own receipts', async () => {
    const entries = await entriesOf(late);
    const byReceipt = entries.toSorted((a, b) => a.receipt.offset - b.receipt.offset);
    expect(byReceipt.map(({ position }) => position)).toEqual(Array.from({ length: LATE }, (_, k) => k + 1));
    expect(entries.every(({ receipt, place }) => place === receipt.offset)).toBe(true);
  });
});
