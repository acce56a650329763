import { describe, expect, test } from '@jest/globals';
import type { QueueError } from '../errors.ts';
import type { ViewBed } from './queue-view.fixtures.ts';
import { isCalled, newGeneration, ReferenceView, waits } from './queue-view-model.contract.ts';

/** Whole states, and views that lost something. */
export function viewGenerationsSuite(bed: ViewBed): void {
  describe('a new generation', () => {
    test('is activated in one step after it was staged in chunks, with later changes', async () => {
      const model = await bed.given();
      const before = model.head;
      model.generation = newGeneration();
      for (const change of model.everything()) await bed.view.writer.stage(model.concertId, model.generation, [change]);
      await bed.view.writer.stage(model.concertId, model.generation, [waits('gone', 99)]);
      expect((await bed.view.reader.queue(model.concertId))?.head).toEqual(before);
      const changes = model.step(waits('cy', 3), isCalled('ann', 1), { state: 'PURGED', userId: 'gone' }).changes;
      const completion = model.completion(changes);
      await expect(bed.view.writer.activate(completion, before)).resolves.toEqual({ is: 'activated' });
      await expect(bed.view.writer.activate(completion, before)).resolves.toEqual({ is: 'activated' });
      await bed.expectToHold(model);
      expect(await bed.view.remains(model.concertId, before.generation)).toBe(0);
      expect(await bed.view.remains(model.concertId, model.generation)).toBe(Infinity);
    });

    test('is not activated when the head has changed', async () => {
      const model = await bed.given();
      const { head } = model;
      const competing = model.completion();
      model.generation = newGeneration();
      await expect(bed.view.writer.activate(model.completion(), undefined)).resolves.toEqual({ is: 'changed', head });
      const elsewhere = { ...head, offset: head.offset + 1 };
      await expect(bed.view.writer.activate(model.completion(), elsewhere)).resolves.toEqual({ is: 'changed', head });
      await bed.view.damage.loseHead(model.concertId);
      await expect(bed.view.writer.activate(model.completion(), head)).resolves.toEqual({
        is: 'changed',
        head: undefined,
      });
      await expect(bed.view.writer.activate(competing, undefined)).resolves.toEqual({ is: 'activated' });
    });

    test('is activated once', async () => {
      const model = await bed.given();
      const { head } = model;
      model.step(waits('cy', 3));
      await expect(bed.view.writer.activate(model.completion(), head)).resolves.toEqual({ is: 'changed', head });
    });

    test('is incomplete when staged data was lost, and can be staged again', async () => {
      const model = new ReferenceView([waits('ann', 1), waits('bo', 2)]);
      await bed.view.writer.stage(model.concertId, model.generation, model.everything());
      await bed.view.damage.loseEntry(model.concertId, model.generation, 'bo');
      await expect(bed.view.writer.activate(model.completion([]), undefined)).resolves.toEqual({ is: 'incomplete' });
      expect(await bed.headOf(model)).toBeUndefined();
      await bed.view.writer.stage(model.concertId, model.generation, model.everything());
      await expect(bed.view.writer.activate(model.completion([]), undefined)).resolves.toEqual({ is: 'activated' });
      await bed.expectToHold(model);
    });

    test('expires within an hour when it is not activated', async () => {
      const model = new ReferenceView([waits('ann', 1), { state: 'USER_DISQUALIFIED', userId: 'mallory' }]);
      await bed.view.writer.stage(model.concertId, model.generation, model.everything());
      const seconds = await bed.view.remains(model.concertId, model.generation);
      expect(seconds).toBeGreaterThan(3_000);
      expect(seconds).toBeLessThanOrEqual(3_600);
    });

    test('is not changed by a late chunk after its activation', async () => {
      const model = await bed.given();
      await bed.view.other.stage(model.concertId, model.generation, [waits('late', 9)]);
      expect(await bed.view.remains(model.concertId, model.generation)).toBe(Infinity);
      await bed.expectToHold(model);
    });

    test('is not mixed with chunks that another writer stages under the same name', async () => {
      const model = new ReferenceView([waits('ann', 1)]);
      await bed.view.writer.stage(model.concertId, model.generation, model.everything());
      await bed.view.other.stage(model.concertId, model.generation, [isCalled('ann', 1)]);
      await expect(bed.view.writer.activate(model.completion([]), undefined)).resolves.toEqual({ is: 'activated' });
      await bed.expectToHold(model);
    });

    test('lets the data of its predecessor expire when the head was lost', async () => {
      const model = await bed.given();
      await bed.view.damage.loseHead(model.concertId);
      await bed.check(model);
      expect(await bed.view.remains(model.concertId, model.generation)).toBeLessThanOrEqual(3_600);
    });
  });

  describe('a damaged view', () => {
    test.each<[string, (model: ReferenceView) => Promise<void>]>([
      ['the head is missing', ({ concertId }) => bed.view.damage.loseHead(concertId)],
      ['the lives are missing', ({ concertId, generation }) => bed.view.damage.loseEntries(concertId, generation)],
      ['one life is missing', ({ concertId, generation }) => bed.view.damage.loseEntry(concertId, generation, 'ann')],
      [
        'one place is missing',
        ({ concertId, generation }) => bed.view.damage.loseWaiting(concertId, generation, 'ann'),
      ],
      ['the offset went back', ({ concertId, offset }) => bed.view.damage.rollBack(concertId, offset - 1)],
    ])('is found among whole ones when %s', async (_, hurt) => {
      const [whole, hurtOne] = await Promise.all([bed.given(), bed.given()]);
      await hurt(hurtOne);
      const expected = new Map([whole, hurtOne].map((model) => [model.concertId, model.head]));
      expect(await bed.view.writer.damaged(expected)).toEqual([hurtOne.concertId]);
    });

    test('is neither loaded nor read', async () => {
      const model = await bed.given();
      await bed.view.damage.loseEntry(model.concertId, model.generation, 'bo');
      expect(await bed.view.writer.load(model.concertId)).toBeUndefined();
      await expect(bed.view.reader.entry(model.concertId, 'ann')).rejects.toMatchObject({
        code: 'PROJECTION_UNAVAILABLE',
        retryAfterSeconds: 1,
      } satisfies Partial<QueueError>);
    });

    test('is found among thousands of views', async () => {
      const model = await bed.given();
      const others = Array.from({ length: 1_200 }, (_, index) => [`nowhere-${index}`, model.head] as const);
      expect(await bed.view.writer.damaged(new Map([[model.concertId, model.head], ...others]))).toHaveLength(1_200);
    });
  });
}
