import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ConcertId, Offset, UserId } from '../../domain/vocabulary.ts';
import type { QueueError } from '../errors.ts';
import type { Generation, Head, PartitionRecord, QueueViewReader, QueueViewWriter } from './queue-view.port.ts';
import { anySteps, isCalled, ModelView, newGeneration, waits } from './queue-view-model.suite.ts';

/** One view, seen from all sides. */
export interface QueueViewUnderTest {
  readonly writer: QueueViewWriter;
  /** Another process's writer on the same view. */
  readonly other: QueueViewWriter;
  readonly reader: QueueViewReader;
  readonly damage: ViewDamage;
  /** Seconds until what is stored of this generation vanishes by itself; Infinity: it stays; 0: nothing is stored. */
  remains(concertId: ConcertId, generation: Generation): Promise<number>;
  close(): Promise<void>;
}

/** Takes away from a view what a failing server or a careless hand might. */
export interface ViewDamage {
  loseHead(concertId: ConcertId): Promise<void>;
  loseLives(concertId: ConcertId, generation: Generation): Promise<void>;
  loseLife(concertId: ConcertId, generation: Generation, userId: UserId): Promise<void>;
  loseWaiting(concertId: ConcertId, generation: Generation, userId: UserId): Promise<void>;
  /** The head says an earlier offset, as after a restart from an older file. */
  rollBack(concertId: ConcertId, offset: Offset): Promise<void>;
  losePartition(partition: number): Promise<void>;
}

/** What every QueueViewWriter and QueueViewReader must do; each adapter's test calls it with its own. */
export function queueViewSuite(makeAdapters: () => Promise<QueueViewUnderTest>): void {
  let view: QueueViewUnderTest;
  beforeAll(async () => {
    view = await makeAdapters();
  });
  afterAll(() => view.close());

  /** Two users waiting, one barred, in the view. */
  async function given(): Promise<ModelView> {
    const model = new ModelView([waits('ann', 1), waits('bo', 2), { state: 'BARRED', userId: 'mallory' }]);
    await expect(view.writer.flip(model.completion(), undefined)).resolves.toEqual({ is: 'flipped' });
    return model;
  }
  const headOf = async (model: ModelView): Promise<Head | undefined> => {
    const heads = await view.writer.heads([model.concertId]);
    return heads.get(model.concertId);
  };
  const check = (model: ModelView) => view.writer.damaged(new Map([[model.concertId, model.head]]));

  async function expectToHold(model: ModelView): Promise<void> {
    const loaded = await view.writer.load(model.concertId);
    expect(loaded?.head).toEqual(model.head);
    expect(loaded?.snapshot.scalars).toEqual(model.scalars());
    expect(loaded?.snapshot.offset).toBe(model.offset);
    expect(new Map([...(loaded?.snapshot.lives ?? [])].map((life) => [life.userId, life]))).toEqual(model.lives);
    expect(new Set(loaded?.snapshot.barred)).toEqual(model.barred);
    expect(await check(model)).toEqual([]);
  }

  describe('a step of the view', () => {
    test('is applied where it starts from', async () => {
      const model = await given();
      await expect(view.writer.advance(model.step(waits('cy', 3), isCalled('ann', 1)))).resolves.toEqual({
        is: 'applied',
      });
      await expectToHold(model);
    });

    test('moves the head even when it changes nothing', async () => {
      const model = await given();
      await expect(view.writer.advance(model.step())).resolves.toEqual({ is: 'applied' });
      expect(await headOf(model)).toEqual(model.head);
    });

    test('is already there when it is said again because the reply was lost', async () => {
      const model = await given();
      const step = model.step(waits('cy', 3));
      await view.writer.advance(step);
      await expect(view.writer.advance(step)).resolves.toEqual({ is: 'already' });
      await expectToHold(model);
    });

    test('is refused as ahead when someone newer wrote', async () => {
      const model = await given();
      const old = new ModelView();
      Object.assign(old, { concertId: model.concertId, generation: model.generation, offset: model.offset });
      const late = old.step(waits('late', 3));
      await view.other.advance(model.step(waits('cy', 3), waits('dee', 4)));
      await expect(view.writer.advance(late)).resolves.toEqual({ is: 'ahead', head: model.head });
      await expectToHold(model);
    });

    test('is refused as behind when the head went back, and when it is missing', async () => {
      const model = await given();
      await view.damage.rollBack(model.concertId, model.offset - 1);
      const rolledBack = { ...model.head, offset: model.offset - 1 };
      await expect(view.writer.advance(model.step(waits('cy', 3)))).resolves.toEqual({
        is: 'behind',
        head: rolledBack,
      });
      await view.damage.loseHead(model.concertId);
      await expect(view.writer.advance(model.step(waits('dee', 4)))).resolves.toEqual({
        is: 'behind',
        head: undefined,
      });
    });

    test('is refused as behind when lives of its start are lost', async () => {
      const model = await given();
      const { head } = model;
      await view.damage.loseLife(model.concertId, model.generation, 'bo');
      await expect(view.writer.advance(model.step(waits('cy', 3)))).resolves.toEqual({ is: 'behind', head });
    });

    test('is refused by another generation and by another fold version', async () => {
      const model = await given();
      const { head } = model;
      const step = model.step(waits('cy', 3));
      await expect(view.writer.advance({ ...step, generation: newGeneration() })).resolves.toEqual({
        is: 'other',
        head,
      });
      await expect(view.writer.advance({ ...step, foldVersion: 2 })).resolves.toEqual({ is: 'other', head });
      expect(await headOf(model)).toEqual(head);
    });

    test('may be as large as one event can make it, and larger', async () => {
      const model = await given();
      await view.writer.advance(
        model.step(...Array.from({ length: 2_500 }, (_, index) => waits(`user-${index}`, 10 + index))),
      );
      await view.writer.advance(
        model.step(...Array.from({ length: 2_500 }, (_, index) => isCalled(`user-${index}`, 10 + index))),
      );
      await expectToHold(model);
    });

    test('adds up, in any steps, to what the changes add up to', async () => {
      await fc.assert(
        fc.asyncProperty(anySteps, async (steps) => {
          const model = new ModelView();
          await view.writer.flip(model.completion(), undefined);
          for (const changes of steps) {
            await expect(view.writer.advance(model.step(...changes))).resolves.toEqual({ is: 'applied' });
          }
          await expectToHold(model);
          const ranks = await Promise.all(
            model.front().map(async (userId) => (await view.reader.entry(model.concertId, userId))?.rank),
          );
          expect(ranks).toEqual(ranks.map((_, rank) => rank));
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('a whole state', () => {
    test('is shown by one flip after it was staged in pieces, with what changed meanwhile', async () => {
      const model = await given();
      const before = model.head;
      model.generation = newGeneration();
      for (const change of model.everything()) await view.writer.stage(model.concertId, model.generation, [change]);
      await view.writer.stage(model.concertId, model.generation, [waits('gone', 99)]);
      expect((await view.reader.queue(model.concertId))?.head).toEqual(before);
      const changes = model.step(waits('cy', 3), isCalled('ann', 1), { state: 'FORGOTTEN', userId: 'gone' }).changes;
      const completion = model.completion(changes);
      await expect(view.writer.flip(completion, before)).resolves.toEqual({ is: 'flipped' });
      await expect(view.writer.flip(completion, before)).resolves.toEqual({ is: 'flipped' });
      await expectToHold(model);
      expect(await view.remains(model.concertId, before.generation)).toBe(0);
      expect(await view.remains(model.concertId, model.generation)).toBe(Infinity);
    });

    test('is not shown when the head is no longer the expected one', async () => {
      const model = await given();
      const { head } = model;
      const rival = model.completion();
      model.generation = newGeneration();
      await expect(view.writer.flip(model.completion(), undefined)).resolves.toEqual({ is: 'changed', head });
      const elsewhere = { ...head, offset: head.offset + 1 };
      await expect(view.writer.flip(model.completion(), elsewhere)).resolves.toEqual({ is: 'changed', head });
      await view.damage.loseHead(model.concertId);
      await expect(view.writer.flip(model.completion(), head)).resolves.toEqual({ is: 'changed', head: undefined });
      await expect(view.writer.flip(rival, undefined)).resolves.toEqual({ is: 'flipped' });
    });

    test('does not replace itself', async () => {
      const model = await given();
      const { head } = model;
      model.step(waits('cy', 3));
      await expect(view.writer.flip(model.completion(), head)).resolves.toEqual({ is: 'changed', head });
    });

    test('is incomplete when staged data was lost, and can be staged anew', async () => {
      const model = new ModelView([waits('ann', 1), waits('bo', 2)]);
      await view.writer.stage(model.concertId, model.generation, model.everything());
      await view.damage.loseLife(model.concertId, model.generation, 'bo');
      await expect(view.writer.flip(model.completion([]), undefined)).resolves.toEqual({ is: 'incomplete' });
      expect(await headOf(model)).toBeUndefined();
      await view.writer.stage(model.concertId, model.generation, model.everything());
      await expect(view.writer.flip(model.completion([]), undefined)).resolves.toEqual({ is: 'flipped' });
      await expectToHold(model);
    });

    test('vanishes within an hour when it is never completed', async () => {
      const model = new ModelView([waits('ann', 1), { state: 'BARRED', userId: 'mallory' }]);
      await view.writer.stage(model.concertId, model.generation, model.everything());
      const seconds = await view.remains(model.concertId, model.generation);
      expect(seconds).toBeGreaterThan(3_000);
      expect(seconds).toBeLessThanOrEqual(3_600);
    });

    test('is not touched by a staging call that comes late', async () => {
      const model = await given();
      await view.other.stage(model.concertId, model.generation, [waits('late', 9)]);
      expect(await view.remains(model.concertId, model.generation)).toBe(Infinity);
      await expectToHold(model);
    });

    test('is not mixed with what another writer stages under its name', async () => {
      const model = new ModelView([waits('ann', 1)]);
      await view.writer.stage(model.concertId, model.generation, model.everything());
      await view.other.stage(model.concertId, model.generation, [isCalled('ann', 1)]);
      await expect(view.writer.flip(model.completion([]), undefined)).resolves.toEqual({ is: 'flipped' });
      await expectToHold(model);
    });

    test('leaves nothing behind for ever where the head of its predecessor was lost', async () => {
      const model = await given();
      await view.damage.loseHead(model.concertId);
      await check(model);
      expect(await view.remains(model.concertId, model.generation)).toBeLessThanOrEqual(3_600);
    });
  });

  describe('a damaged view', () => {
    test.each<[string, (model: ModelView) => Promise<void>]>([
      ['the head is missing', ({ concertId }) => view.damage.loseHead(concertId)],
      ['the lives are missing', ({ concertId, generation }) => view.damage.loseLives(concertId, generation)],
      ['one life is missing', ({ concertId, generation }) => view.damage.loseLife(concertId, generation, 'ann')],
      ['one place is missing', ({ concertId, generation }) => view.damage.loseWaiting(concertId, generation, 'ann')],
      ['the offset went back', ({ concertId, offset }) => view.damage.rollBack(concertId, offset - 1)],
    ])('is found among whole ones when %s', async (_, hurt) => {
      const [whole, hurtOne] = await Promise.all([given(), given()]);
      await hurt(hurtOne);
      const expected = new Map([whole, hurtOne].map((model) => [model.concertId, model.head]));
      expect(await view.writer.damaged(expected)).toEqual([hurtOne.concertId]);
    });

    test('is neither loaded nor shown', async () => {
      const model = await given();
      await view.damage.loseLife(model.concertId, model.generation, 'bo');
      expect(await view.writer.load(model.concertId)).toBeUndefined();
      await expect(view.reader.entry(model.concertId, 'ann')).rejects.toMatchObject({
        code: 'PROJECTION_UNAVAILABLE',
        retryAfterSeconds: 1,
      } satisfies Partial<QueueError>);
    });

    test('is found among thousands', async () => {
      const model = await given();
      const others = Array.from({ length: 1_200 }, (_, index) => [`nowhere-${index}`, model.head] as const);
      expect(await view.writer.damaged(new Map([[model.concertId, model.head], ...others]))).toHaveLength(1_200);
    });
  });

  describe('a look at the view', () => {
    test('shows a life, its rank and the queue at one offset', async () => {
      const model = await given();
      const seen = { head: model.head, scalars: model.scalars(), barred: false };
      expect(await view.reader.queue(model.concertId)).toEqual({ head: model.head, scalars: model.scalars() });
      expect(await view.reader.entry(model.concertId, 'bo')).toEqual({ ...seen, life: waits('bo', 2), rank: 1 });
      expect(await view.reader.entry(model.concertId, 'nobody')).toEqual({ ...seen, life: undefined });
      expect(await view.reader.entry(model.concertId, 'mallory')).toEqual({ ...seen, life: undefined, barred: true });
      await view.writer.advance(model.step(isCalled('ann', 1)));
      expect(await view.reader.entry(model.concertId, 'ann')).not.toHaveProperty('rank');
      expect(await view.reader.entry(model.concertId, 'bo')).toMatchObject({ rank: 0, head: model.head });
    });

    test('shows many at one offset, in the order in which they were asked for', async () => {
      const model = await given();
      await view.writer.advance(model.step(...Array.from({ length: 400 }, (_, n) => waits(`fan-${n}`, 10 + n))));
      const users = ['nobody', ...Array.from({ length: 400 }, (_, n) => `fan-${399 - n}`), 'mallory', 'bo'];
      const seen = await view.reader.entries(model.concertId, users);
      expect(seen).toEqual(await Promise.all(users.map((userId) => view.reader.entry(model.concertId, userId))));
      expect(seen?.map(({ rank }) => rank)).toEqual([
        undefined,
        ...Array.from({ length: 400 }, (_, n) => 401 - n),
        undefined,
        1,
      ]);
      expect(await view.reader.entries('unheard-of', users)).toBeUndefined();
    });

    test('follows a generation that replaces the one seen before', async () => {
      const model = await given();
      await view.reader.entry(model.concertId, 'ann');
      const { head } = model;
      model.generation = newGeneration();
      await view.writer.flip(model.completion(), head);
      expect(await view.reader.entry(model.concertId, 'ann')).toMatchObject({ head: model.head, rank: 0 });
    });

    test('shows nothing of a concert without a head', async () => {
      expect(await view.reader.queue('unheard-of')).toBeUndefined();
      expect(await view.reader.entry('unheard-of', 'ann')).toBeUndefined();
      expect(await view.writer.load('unheard-of')).toBeUndefined();
      expect(await view.writer.heads(['unheard-of'])).toEqual(new Map());
    });

    test('loads one state as a whole while another writer goes on', async () => {
      const model = new ModelView(Array.from({ length: 4_000 }, (_, index) => waits(`user-${index}`, index)));
      await view.writer.flip(model.completion(), undefined);
      const loading = view.writer.load(model.concertId);
      await view.writer.heads([model.concertId]);
      await view.other.advance(
        model.step(...Array.from({ length: 500 }, (_, index) => isCalled(`user-${index}`, index))),
      );
      const loaded = await loading;
      const waiting = [...(loaded?.snapshot.lives ?? [])].filter((life) => life.state === 'WAITING');
      expect(waiting).toHaveLength(loaded?.head.offset === model.offset ? 3_500 : 4_000);
    });

    test('is answered', () => expect(view.reader.ping()).resolves.toBeUndefined());
  });

  describe("a partition's record", () => {
    test('is missing until it is written whole', async () => {
      expect(await view.writer.advancePartition(1, record(5), 4)).toBe('lost');
      expect(await view.writer.partition(1)).toBeUndefined();
      expect(await view.reader.progress(1, 'b')).toBeUndefined();
      expect(await view.reader.concerts(1)).toBeUndefined();
      expect(await view.writer.advancePartition(1, record(-1), 'whole')).toBe('applied');
      expect(await view.writer.partition(1)).toEqual(record(-1));
      expect(await view.reader.concerts(1)).toEqual([]);
    });

    test('grows by the concerts that moved, and says when and by whom it was written', async () => {
      const begun = Date.now();
      await view.writer.advancePartition(2, record(5, ['b', 4], ['__proto__', 5]), 'whole');
      expect(await view.writer.advancePartition(2, record(7, ['b', 6], ['a', 7]), 5)).toBe('applied');
      expect(await view.writer.partition(2)).toEqual(record(7, ['b', 6], ['__proto__', 5], ['a', 7]));
      expect(await view.reader.concerts(2)).toEqual(['__proto__', 'a', 'b']);
      const progress = await view.reader.progress(2, 'b');
      expect(progress).toMatchObject({ checkpoint: 7, concertOffset: 6, owner: expect.any(String) });
      expect(progress?.writtenAt).toBeGreaterThanOrEqual(begun);
      expect(await view.reader.progress(2, 'c')).toMatchObject({ checkpoint: 7, concertOffset: undefined });
    });

    test('keeps the dead letters until it is written whole', async () => {
      const letters = (...offsets: Offset[]) => new Map(offsets.map((offset) => [offset, 1_000 + offset]));
      await view.writer.advancePartition(8, { ...record(5, ['a', 5]), deadLetters: letters(3) }, 'whole');
      await view.writer.advancePartition(8, { ...record(9, ['a', 9]), deadLetters: letters(7) }, 5);
      expect(await view.writer.partition(8)).toEqual({ ...record(9, ['a', 9]), deadLetters: letters(3, 7) });
      expect(await Promise.all([3, 4].map((offset) => view.reader.deadLetter(8, offset)))).toEqual([1_003, undefined]);
      expect(await view.reader.concerts(8)).toEqual(['a']);
      await view.writer.advancePartition(8, { ...record(9, ['a', 9]), deadLetters: letters(7) }, 'whole');
      expect(await view.reader.deadLetter(8, 3)).toBeUndefined();
      expect(await view.reader.deadLetter(80, 3)).toBeUndefined();
    });

    test('names no other concerts than those it is written whole with', async () => {
      await view.writer.advancePartition(7, record(5, ['a', 5], ['b', 4]), 'whole');
      await view.writer.advancePartition(7, record(6, ['a', 6]), 'whole');
      expect(await view.writer.partition(7)).toEqual(record(6, ['a', 6]));
    });

    test('never goes back, and may be said again', async () => {
      await view.writer.advancePartition(3, record(5, ['a', 5]), 'whole');
      expect(await view.other.advancePartition(3, record(4, ['a', 4]), 3)).toBe('ahead');
      expect(await view.other.advancePartition(3, record(4, ['a', 4]), 'whole')).toBe('ahead');
      expect(await view.other.advancePartition(3, record(5), 3)).toBe('applied');
      expect(await view.writer.partition(3)).toEqual(record(5, ['a', 5]));
    });

    test('is lost once it is gone', async () => {
      await view.writer.advancePartition(4, record(5, ['a', 5]), 'whole');
      await view.damage.losePartition(4);
      expect(await view.writer.advancePartition(4, record(6), 5)).toBe('lost');
    });

    test('is lost when it is an older one than was written last', async () => {
      await view.writer.advancePartition(6, record(5, ['a', 5]), 'whole');
      expect(await view.writer.advancePartition(6, record(9, ['a', 9]), 7)).toBe('lost');
      expect(await view.writer.partition(6)).toEqual(record(5, ['a', 5]));
    });

    test('holds every concert of a large partition', async () => {
      const concerts = Array.from({ length: 3_000 }, (_, index): [ConcertId, Offset] => [`concert-${index}`, index]);
      await view.writer.advancePartition(5, record(3_000, ...concerts), 'whole');
      expect(await view.writer.partition(5)).toEqual(record(3_000, ...concerts));
    });
  });
}

function record(checkpoint: number, ...concerts: [ConcertId, Offset][]): PartitionRecord {
  const vouching = { vouched: checkpoint * 1000, hold: null };
  return { checkpoint, fingerprint: `of ${checkpoint}`, vouching, concerts: new Map(concerts), deadLetters: new Map() };
}
