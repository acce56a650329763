import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Life, REJECTIONS } from '../../../domain/types.ts';
import { decodeLife, encodeLife } from './entry-codec.ts';

const number = fc.maxSafeNat();
const lifeline = {
  userId: fc.string({ minLength: 1, maxLength: 128 }),
  entryId: fc.string({ unit: 'binary' }),
  offset: number,
  place: number,
};
const ending = fc.constantFrom('COMPLETED', 'EXPIRED', 'LEFT', 'DISQUALIFIED');
const because = fc.constantFrom(...REJECTIONS);
const life: fc.Arbitrary<Life> = fc.oneof(
  fc.record({ ...lifeline, state: fc.constantFrom('REGISTERED', 'WAITING') }),
  fc.record({ ...lifeline, state: fc.constant('READY'), claimBy: number }),
  fc.record({ ...lifeline, state: fc.constant('ACTIVE'), activeUntil: number }),
  fc.record({ ...lifeline, state: ending, endedAt: number }),
  fc.record({ ...lifeline, state: fc.constant('REJECTED'), because, endedAt: number }),
);

describe('an encoded life', () => {
  test('gives back the life that it was made of', () => {
    fc.assert(fc.property(life, (any) => expect(decodeLife(any.userId, encodeLife(any))).toEqual(any)));
  });

  test('is short for who waits at the place of their receipt', () => {
    const waiting: Life = { state: 'WAITING', userId: 'ann', entryId: 'e', offset: 1_000_000, place: 1_000_000 };
    expect(encodeLife(waiting)).toBe('Wlfls e');
  });

  test('is refused when it is anything else', () => {
    for (const garbage of ['', 'W', 'W1', 'R1 e', 'Z1@1 e', 'W! e', '{}'])
      expect(decodeLife('ann', garbage)).toBeUndefined();
  });
});
