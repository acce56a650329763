import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ViewBed } from './queue-view.fixtures.ts';
import { anySteps, isCalled, newGeneration, ReferenceView, waits } from './queue-view-model.contract.ts';

/** Steps from offset to offset, and what readers see after them. */
export function viewStepsSuite(bed: ViewBed): void {
  describe('a write to the view', () => {
    test('is applied when the head is at its start', async () => {
      const model = await bed.given();
      await expect(bed.view.writer.advance(model.step(waits('cy', 3), isCalled('ann', 1)))).resolves.toEqual({
        is: 'applied',
      });
      await bed.expectToHold(model);
    });

    test('moves the head even when it changes nothing', async () => {
      const model = await bed.given();
      await expect(bed.view.writer.advance(model.step())).resolves.toEqual({ is: 'applied' });
      expect(await bed.headOf(model)).toEqual(model.head);
    });

    test('succeeds when it is repeated after a lost reply', async () => {
      const model = await bed.given();
      const step = model.step(waits('cy', 3));
      await bed.view.writer.advance(step);
      await expect(bed.view.writer.advance(step)).resolves.toEqual({ is: 'already' });
      await bed.expectToHold(model);
    });

    test('is refused as `ahead` after a newer write', async () => {
      const model = await bed.given();
      const old = new ReferenceView();
      Object.assign(old, { concertId: model.concertId, generation: model.generation, offset: model.offset });
      const late = old.step(waits('late', 3));
      await bed.view.other.advance(model.step(waits('cy', 3), waits('dee', 4)));
      await expect(bed.view.writer.advance(late)).resolves.toEqual({ is: 'ahead', head: model.head });
      await bed.expectToHold(model);
    });

    test('is refused as `behind` when the head was set back or is missing', async () => {
      const model = await bed.given();
      await bed.view.damage.rollBack(model.concertId, model.offset - 1);
      const rolledBack = { ...model.head, offset: model.offset - 1 };
      await expect(bed.view.writer.advance(model.step(waits('cy', 3)))).resolves.toEqual({
        is: 'behind',
        head: rolledBack,
      });
      await bed.view.damage.loseHead(model.concertId);
      await expect(bed.view.writer.advance(model.step(waits('dee', 4)))).resolves.toEqual({
        is: 'behind',
        head: undefined,
      });
    });

    test('is refused as `behind` when entries at its start are lost', async () => {
      const model = await bed.given();
      const { head } = model;
      await bed.view.damage.loseEntry(model.concertId, model.generation, 'bo');
      await expect(bed.view.writer.advance(model.step(waits('cy', 3)))).resolves.toEqual({ is: 'behind', head });
    });

    test('is refused for another generation and another fold version', async () => {
      const model = await bed.given();
      const { head } = model;
      const step = model.step(waits('cy', 3));
      await expect(bed.view.writer.advance({ ...step, generation: newGeneration() })).resolves.toEqual({
        is: 'other',
        head,
      });
      await expect(bed.view.writer.advance({ ...step, foldVersion: 2 })).resolves.toEqual({ is: 'other', head });
      expect(await bed.headOf(model)).toEqual(head);
    });

    test('stores a notice with its step, and keeps it through later steps and generations', async () => {
      const model = await bed.given();
      const expectNotice = async (texts: object) => {
        await bed.expectToHold(model);
        const queue = await bed.view.reader.queue(model.concertId);
        expect(queue).toEqual({ head: model.head, attributes: model.attributes() });
        expect(queue?.attributes.notice?.texts).toEqual(texts);
      };
      for (const texts of [{ en: 'Delayed.', ko: '지연' }, { en: 'Open.' }, {}, { en: 'Sold out.' }]) {
        await bed.view.writer.advance(model.noticeStep(texts));
        await expectNotice(texts);
      }
      await bed.view.writer.advance(model.step(waits('cy', 3)));
      await expectNotice({ en: 'Sold out.' });
      const { head } = model;
      model.generation = newGeneration();
      await expect(bed.view.writer.activate(model.completion(), head)).resolves.toEqual({ is: 'activated' });
      await expectNotice({ en: 'Sold out.' });
      expect(await bed.view.reader.entry(model.concertId, 'bo')).toMatchObject({ rank: 1, entry: waits('bo', 2) });
    });

    test('without a notice removes the one of the generation that it replaces', async () => {
      const model = await bed.given();
      await bed.view.writer.advance(model.noticeStep({ en: 'Delayed.' }));
      const { head } = model;
      model.generation = newGeneration();
      model.notice = undefined;
      await expect(bed.view.writer.activate(model.completion(), head)).resolves.toEqual({ is: 'activated' });
      await bed.expectToHold(model);
    });

    test('may be larger than the changes of one event', async () => {
      const model = await bed.given();
      await bed.view.writer.advance(
        model.step(...Array.from({ length: 2_500 }, (_, index) => waits(`user-${index}`, 10 + index))),
      );
      await bed.view.writer.advance(
        model.step(...Array.from({ length: 2_500 }, (_, index) => isCalled(`user-${index}`, 10 + index))),
      );
      await bed.expectToHold(model);
    });

    test('gives the same state in any split of the changes', async () => {
      await fc.assert(
        fc.asyncProperty(anySteps, async (steps) => {
          const model = new ReferenceView();
          await bed.view.writer.activate(model.completion(), undefined);
          for (const changes of steps) {
            await expect(bed.view.writer.advance(model.step(...changes))).resolves.toEqual({ is: 'applied' });
          }
          await bed.expectToHold(model);
          const ranks = await Promise.all(
            model.front().map(async (userId) => (await bed.view.reader.entry(model.concertId, userId))?.rank),
          );
          expect(ranks).toEqual(ranks.map((_, rank) => rank));
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('a read of the view', () => {
    test('returns an entry, its rank and the queue at one offset', async () => {
      const model = await bed.given();
      const seen = { head: model.head, attributes: model.attributes(), disqualified: false };
      expect(await bed.view.reader.queue(model.concertId)).toEqual({
        head: model.head,
        attributes: model.attributes(),
      });
      expect(await bed.view.reader.entry(model.concertId, 'bo')).toEqual({ ...seen, entry: waits('bo', 2), rank: 1 });
      expect(await bed.view.reader.entry(model.concertId, 'nobody')).toEqual({ ...seen, entry: undefined });
      expect(await bed.view.reader.entry(model.concertId, 'mallory')).toEqual({
        ...seen,
        entry: undefined,
        disqualified: true,
      });
      await bed.view.writer.advance(model.step(isCalled('ann', 1)));
      expect(await bed.view.reader.entry(model.concertId, 'ann')).not.toHaveProperty('rank');
      expect(await bed.view.reader.entry(model.concertId, 'bo')).toMatchObject({ rank: 0, head: model.head });
    });

    test('returns many entries at one offset, in the order of the request', async () => {
      const model = await bed.given();
      await bed.view.writer.advance(model.step(...Array.from({ length: 400 }, (_, n) => waits(`fan-${n}`, 10 + n))));
      const users = ['nobody', ...Array.from({ length: 400 }, (_, n) => `fan-${399 - n}`), 'mallory', 'bo'];
      const seen = await bed.view.reader.entries(model.concertId, users);
      expect(seen).toEqual(await Promise.all(users.map((userId) => bed.view.reader.entry(model.concertId, userId))));
      expect(seen?.map(({ rank }) => rank)).toEqual([
        undefined,
        ...Array.from({ length: 400 }, (_, n) => 401 - n),
        undefined,
        1,
      ]);
      expect(await bed.view.reader.entries('unheard-of', users)).toBeUndefined();
    });

    test('follows a new generation', async () => {
      const model = await bed.given();
      await bed.view.reader.entry(model.concertId, 'ann');
      const { head } = model;
      model.generation = newGeneration();
      await bed.view.writer.activate(model.completion(), head);
      expect(await bed.view.reader.entry(model.concertId, 'ann')).toMatchObject({ head: model.head, rank: 0 });
    });

    test('returns nothing for a concert without a head', async () => {
      expect(await bed.view.reader.queue('unheard-of')).toBeUndefined();
      expect(await bed.view.reader.entry('unheard-of', 'ann')).toBeUndefined();
      expect(await bed.view.writer.load('unheard-of')).toBeUndefined();
      expect(await bed.view.writer.heads(['unheard-of'])).toEqual(new Map());
    });

    test('loads one consistent state while another writer continues', async () => {
      const model = new ReferenceView(Array.from({ length: 4_000 }, (_, index) => waits(`user-${index}`, index)));
      await bed.view.writer.activate(model.completion(), undefined);
      const loading = bed.view.writer.load(model.concertId);
      await bed.view.writer.heads([model.concertId]);
      await bed.view.other.advance(
        model.step(...Array.from({ length: 500 }, (_, index) => isCalled(`user-${index}`, index))),
      );
      const loaded = await loading;
      const waiting = [...(loaded?.snapshot.entries ?? [])].filter((entry) => entry.state === 'WAITING');
      expect(waiting).toHaveLength(loaded?.head.offset === model.offset ? 3_500 : 4_000);
    });

    test('is answered', () => expect(bed.view.reader.ping()).resolves.toBeUndefined());
  });
}
