import { describe, expect, test } from '@jest/globals';
import { canonicalState } from './canonical-state.ts';
import {
  admittedUpTo,
  atSecond,
  configured,
  disqualifiedUser,
  given,
  requestedBy,
  requestedByFans,
} from './concert-queue.fixtures.ts';

const { offset, attributes, entries, disqualified } = given(
  configured(),
  ...requestedByFans(12),
  admittedUpTo(2),
  disqualifiedUser('zoe'),
  disqualifiedUser('bo'),
).save();
const snapshot = { offset, attributes, entries: [...entries], disqualified: [...disqualified] };

describe('the canonical state', () => {
  test('does not depend on the order of entries, disqualified users and properties', () => {
    const turned = {
      disqualified: snapshot.disqualified.toReversed(),
      entries: snapshot.entries.toReversed().map((entry) => ({ ...backwards(entry), ...entry })),
      attributes: { ...backwards(attributes), ...attributes },
      offset,
    };
    expect(Object.keys(turned.attributes)[0]).toBe('counts');
    expect(canonicalState(turned)).toBe(canonicalState(snapshot));
  });
  test('differs if any part of the state differs', () => {
    const texts = [
      snapshot,
      { ...snapshot, offset: offset + 1 },
      { ...snapshot, attributes: { ...attributes, paused: true } },
      { ...snapshot, entries: snapshot.entries.slice(1) },
      { ...snapshot, disqualified: [] },
      given(
        configured(),
        ...requestedByFans(12),
        admittedUpTo(2),
        disqualifiedUser('zoe'),
        atSecond(99, requestedBy('bo')),
      ).save(),
    ].map(canonicalState);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

function backwards(record: object): object {
  return Object.fromEntries(Object.entries(record).toReversed());
}
