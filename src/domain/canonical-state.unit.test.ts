import { describe, expect, test } from '@jest/globals';
import { canonicalState } from './canonical-state.ts';
import { asks, at, calls, configured, crowd, disqualified, given } from './concert-queue.fixtures.ts';

const { offset, scalars, lives, barred } = given(
  configured(),
  ...crowd(12),
  calls(2),
  disqualified('zoe'),
  disqualified('bo'),
).save();
const snapshot = { offset, scalars, lives: [...lives], barred: [...barred] };

describe('the canonical state', () => {
  test('is the same in whatever order lives, barred and properties come', () => {
    const turned = {
      barred: snapshot.barred.toReversed(),
      lives: snapshot.lives.toReversed().map((life) => ({ ...backwards(life), ...life })),
      scalars: { ...backwards(scalars), ...scalars },
      offset,
    };
    expect(Object.keys(turned.scalars)[0]).toBe('counts');
    expect(canonicalState(turned)).toBe(canonicalState(snapshot));
  });
  test('differs where anything differs', () => {
    const texts = [
      snapshot,
      { ...snapshot, offset: offset + 1 },
      { ...snapshot, scalars: { ...scalars, paused: true } },
      { ...snapshot, lives: snapshot.lives.slice(1) },
      { ...snapshot, barred: [] },
      given(configured(), ...crowd(12), calls(2), disqualified('zoe'), at(99, asks('bo'))).save(),
    ].map(canonicalState);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

function backwards(record: object): object {
  return Object.fromEntries(Object.entries(record).toReversed());
}
