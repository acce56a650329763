import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Entry, REJECTIONS } from '../../../domain/types.ts';
import { decodeEntry, encodeEntry } from './entry-codec.ts';

const number = fc.maxSafeNat();
const identity = {
  userId: fc.string({ minLength: 1, maxLength: 128 }),
  entryId: fc.string({ unit: 'binary' }),
  offset: number,
  place: number,
};
const terminal = fc.constantFrom('COMPLETED', 'EXPIRED', 'LEFT', 'DISQUALIFIED');
const reason = fc.constantFrom(...REJECTIONS);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ ...identity, state: fc.constantFrom('REGISTERED', 'WAITING') }),
  fc.record({ ...identity, state: fc.constant('READY'), claimBy: number }),
  fc.record({ ...identity, state: fc.constant('ACTIVE'), activeUntil: number }),
  fc.record({ ...identity, state: terminal, endedAt: number }),
  fc.record({ ...identity, state: fc.constant('REJECTED'), reason, endedAt: number }),
);

describe('an encoded entry', () => {
  test('decodes to the same entry', () => {
    fc.assert(
      fc.property(entry, (original) => expect(decodeEntry(original.userId, encodeEntry(original))).toEqual(original)),
    );
  });

  test('is short for a waiting entry whose place is its offset', () => {
    const waiting: Entry = { state: 'WAITING', userId: 'ann', entryId: 'e', offset: 1_000_000, place: 1_000_000 };
    expect(encodeEntry(waiting)).toBe('Wlfls e');
  });

  test('is undefined when decoded from any other text', () => {
    for (const text of ['', 'W', 'W1', 'R1 e', 'Z1@1 e', 'W! e', '{}'])
      expect(decodeEntry('ann', text)).toBeUndefined();
  });
});
