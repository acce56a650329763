import { describe, expect, test } from '@jest/globals';
import type { ConcertId, Offset } from '../../domain/types.ts';
import type { ViewBed } from './queue-view.fixtures.ts';
import type { PartitionCheckpoint } from './queue-view.port.ts';

/** A partition's record beside its heads. */
export function partitionRecordSuite(bed: ViewBed): void {
  describe('the checkpoint of a partition', () => {
    test('is missing until it is written in full', async () => {
      expect(await bed.view.writer.advancePartition(1, record(5), 4)).toBe('lost');
      expect(await bed.view.writer.partition(1)).toBeUndefined();
      expect(await bed.view.reader.progress(1, 'b')).toBeUndefined();
      expect(await bed.view.reader.concerts(1)).toBeUndefined();
      expect(await bed.view.writer.advancePartition(1, record(-1), 'whole')).toBe('applied');
      expect(await bed.view.writer.partition(1)).toEqual(record(-1));
      expect(await bed.view.reader.concerts(1)).toEqual([]);
    });

    test('adds the concerts that advanced, and names its writer and its time', async () => {
      const begun = Date.now();
      await bed.view.writer.advancePartition(2, record(5, ['b', 4], ['__proto__', 5]), 'whole');
      expect(await bed.view.writer.advancePartition(2, record(7, ['b', 6], ['a', 7]), 5)).toBe('applied');
      expect(await bed.view.writer.partition(2)).toEqual(record(7, ['b', 6], ['__proto__', 5], ['a', 7]));
      expect(await bed.view.reader.concerts(2)).toEqual(['__proto__', 'a', 'b']);
      const progress = await bed.view.reader.progress(2, 'b');
      expect(progress).toMatchObject({ checkpoint: 7, concertOffset: 6, owner: expect.any(String) });
      expect(progress?.writtenAt).toBeGreaterThanOrEqual(begun);
      expect(await bed.view.reader.progress(2, 'c')).toMatchObject({ checkpoint: 7, concertOffset: undefined });
    });

    test('keeps the dead letters until it is written in full', async () => {
      const letters = (...offsets: Offset[]) => new Map(offsets.map((offset) => [offset, 1_000 + offset]));
      await bed.view.writer.advancePartition(8, { ...record(5, ['a', 5]), deadLetters: letters(3) }, 'whole');
      await bed.view.writer.advancePartition(8, { ...record(9, ['a', 9]), deadLetters: letters(7) }, 5);
      expect(await bed.view.writer.partition(8)).toEqual({ ...record(9, ['a', 9]), deadLetters: letters(3, 7) });
      expect(await Promise.all([3, 4].map((offset) => bed.view.reader.deadLetter(8, offset)))).toEqual([
        1_003,
        undefined,
      ]);
      expect(await bed.view.reader.concerts(8)).toEqual(['a']);
      await bed.view.writer.advancePartition(8, { ...record(9, ['a', 9]), deadLetters: letters(7) }, 'whole');
      expect(await bed.view.reader.deadLetter(8, 3)).toBeUndefined();
      expect(await bed.view.reader.deadLetter(80, 3)).toBeUndefined();
    });

    test('shows pending dead letters to readers, but not to the owner that loads it', async () => {
      const pendingSkips = new Map([[4, 1_004]]);
      await bed.view.writer.advancePartition(9, record(5, ['a', 5]), 'whole');
      await bed.view.writer.advancePartition(9, { ...record(5, ['a', 5]), pendingSkips }, 5);
      expect(await Promise.all([3, 4].map((offset) => bed.view.reader.deadLetter(9, offset)))).toEqual([
        undefined,
        1_004,
      ]);
      expect(await bed.view.writer.partition(9)).toEqual(record(5, ['a', 5]));
      expect(await bed.view.reader.concerts(9)).toEqual(['a']);
      await bed.view.writer.advancePartition(9, record(5, ['a', 5]), 'whole');
      expect(await bed.view.reader.deadLetter(9, 4)).toBeUndefined();
    });

    test('names only the concerts of its last full write', async () => {
      await bed.view.writer.advancePartition(7, record(5, ['a', 5], ['b', 4]), 'whole');
      await bed.view.writer.advancePartition(7, record(6, ['a', 6]), 'whole');
      expect(await bed.view.writer.partition(7)).toEqual(record(6, ['a', 6]));
    });

    test('never decreases, and accepts a repeated write', async () => {
      await bed.view.writer.advancePartition(3, record(5, ['a', 5]), 'whole');
      expect(await bed.view.other.advancePartition(3, record(4, ['a', 4]), 3)).toBe('ahead');
      expect(await bed.view.other.advancePartition(3, record(4, ['a', 4]), 'whole')).toBe('ahead');
      expect(await bed.view.other.advancePartition(3, record(5), 3)).toBe('applied');
      expect(await bed.view.writer.partition(3)).toEqual(record(5, ['a', 5]));
    });

    test('is reported as lost when it was deleted', async () => {
      await bed.view.writer.advancePartition(4, record(5, ['a', 5]), 'whole');
      await bed.view.damage.losePartition(4);
      expect(await bed.view.writer.advancePartition(4, record(6), 5)).toBe('lost');
    });

    test('is reported as lost when it is older than the last write', async () => {
      await bed.view.writer.advancePartition(6, record(5, ['a', 5]), 'whole');
      expect(await bed.view.writer.advancePartition(6, record(9, ['a', 9]), 7)).toBe('lost');
      expect(await bed.view.writer.partition(6)).toEqual(record(5, ['a', 5]));
    });

    test('holds all concerts of a large partition', async () => {
      const concerts = Array.from({ length: 3_000 }, (_, index): [ConcertId, Offset] => [`concert-${index}`, index]);
      await bed.view.writer.advancePartition(5, record(3_000, ...concerts), 'whole');
      expect(await bed.view.writer.partition(5)).toEqual(record(3_000, ...concerts));
    });
  });
}

function record(offset: number, ...concerts: [ConcertId, Offset][]): PartitionCheckpoint {
  const visibility = { visibleUntil: offset * 1000, hold: null };
  return {
    offset,
    fingerprint: `of ${offset}`,
    visibility,
    concerts: new Map(concerts),
    deadLetters: new Map(),
  };
}
