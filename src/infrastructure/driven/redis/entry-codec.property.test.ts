import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Entry, REJECTIONS } from '../../../domain/types.ts';
import { decodeEntry, encodeEntry } from './entry-codec.ts';

const number = fc.maxSafeNat();
const lifeline = {
  userId: fc.string({ minLength: 1, maxLength: 128 }),
  entryId: fc.string({ unit: 'binary' }),
  offset: number,
  place: number,
};
const ending = fc.constantFrom('COMPLETED', 'EXPIRED', 'LEFT', 'DISQUALIFIED');
const reason = fc.constantFrom(...REJECTIONS);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ ...lifeline, state: fc.constantFrom('REGISTERED', 'WAITING') }),
  fc.record({ ...lifeline, state: fc.constant('READY'), claimBy: number }),
  fc.record({ ...lifeline, state: fc.constant('ACTIVE'), activeUntil: number }),
  fc.record({ ...lifeline, state: ending, endedAt: number }),
  fc.record({ ...lifeline, state: fc.constant('REJECTED'), reason, endedAt: number }),
);

describe('an encoded life', () => {
  test('gives back the life that it was made of', () => {
    fc.assert(fc.property(entry, (any) => expect(decodeEntry(any.userId, encodeEntry(any))).toEqual(any)));
  });

  test('is short for who waits at the place of their receipt', () => {
    const waiting: Entry = { state: 'WAITING', userId: 'ann', entryId: 'e', offset: 1_000_000, place: 1_000_000 };
    expect(encodeEntry(waiting)).toBe('Wlfls e');
  });

  test('is refused when it is anything else', () => {
    for (const garbage of ['', 'W', 'W1', 'R1 e', 'Z1@1 e', 'W! e', '{}'])
      expect(decodeEntry('ann', garbage)).toBeUndefined();
  });
});
