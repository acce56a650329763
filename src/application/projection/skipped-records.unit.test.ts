import { describe, expect, test } from '@jest/globals';
import { SkippedRecords } from './skipped-records.ts';

const none = new Map<number, number>();
const loaded = (deadLetters: [number, number][], persisted: [number, number][], checkpoint: number): SkippedRecords => {
  const skipped = new SkippedRecords();
  skipped.load(new Map(deadLetters), new Map(persisted), checkpoint);
  return skipped;
};

describe('a dead letter', () => {
  test('matches only the record with its offset and timestamp', () => {
    const skipped = loaded([[7, 100]], [], -1);
    expect(skipped.isDeadLetter({ offset: 7, timestamp: 100 })).toBe(true);
    expect(skipped.isDeadLetter({ offset: 7, timestamp: 101 })).toBe(false);
    expect(skipped.isDeadLetter({ offset: 8, timestamp: 100 })).toBe(false);
  });
  test('is unpersisted from the time its record is skipped until the checkpoint is stored', () => {
    const skipped = loaded([[7, 100]], [], -1);
    expect(skipped.unpersisted).toEqual(none);
    skipped.markSkipped({ offset: 7, timestamp: 100 });
    expect([skipped.unpersisted, skipped.all]).toEqual([new Map([[7, 100]]), new Map([[7, 100]])]);
    skipped.markPersisted(skipped.unpersisted);
    skipped.markSkipped({ offset: 7, timestamp: 100 });
    expect([skipped.unpersisted, skipped.all]).toEqual([none, new Map([[7, 100]])]);
  });
  test('is verified when the checkpoint names it', () => {
    expect(loaded([[7, 100]], [[7, 100]], 20).unverified).toEqual(none);
  });
  test('is verified when it lies beyond the checkpoint', () => {
    expect(loaded([[7, 100]], [], 6).unverified).toEqual(none);
  });
  test('below the checkpoint and unknown to it is unverified until it is marked', () => {
    const skipped = loaded([[7, 100]], [], 20);
    skipped.mergeDeadLetters(new Map([[7, 100]]), 25);
    expect(skipped.unverified).toEqual(new Map([[7, 100]]));
    skipped.markVerified(7);
    skipped.mergeDeadLetters(new Map([[7, 100]]), 30);
    expect(skipped.unverified).toEqual(none);
  });
  test('written by another process after loading is noticed', () => {
    const skipped = loaded([], [], 20);
    skipped.mergeDeadLetters(
      new Map([
        [7, 100],
        [21, 300],
      ]),
      20,
    );
    expect(skipped.unverified).toEqual(new Map([[7, 100]]));
    expect(skipped.isDeadLetter({ offset: 21, timestamp: 300 })).toBe(true);
  });
  test('is pending and unverified until its record is skipped', () => {
    const skipped = loaded([[7, 100]], [[3, 50]], 20);
    skipped.markPending(
      new Map([
        [3, 50],
        [7, 100],
      ]),
    );
    expect([skipped.pending, skipped.unverified]).toEqual([new Map([[7, 100]]), new Map([[7, 100]])]);
    skipped.markSkipped({ offset: 7, timestamp: 100 });
    expect([skipped.pending, skipped.unverified]).toEqual([none, none]);
  });
  test('written by this process is verified', () => {
    const skipped = loaded([], [], 6);
    skipped.markSkipped({ offset: 7, timestamp: 100 });
    skipped.mergeDeadLetters(new Map([[7, 100]]), 7);
    expect(skipped.unverified).toEqual(none);
  });
});
