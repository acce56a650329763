import { expect, test } from '@jest/globals';
import { Slots } from './slots.ts';

test('gives each key its own slots and takes a freed one back once', () => {
  const slots = new Slots(2);
  const [first, second] = [slots.take('a'), slots.take('a')];
  expect([first, second].every(Boolean)).toBe(true);
  expect(slots.take('a')).toBeUndefined();
  expect(slots.take('b')).toBeDefined();
  first?.();
  first?.();
  expect(slots.take('a')).toBeDefined();
  expect(slots.take('a')).toBeUndefined();
});
