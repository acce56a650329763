import { expect, test } from '@jest/globals';
import { LogTimer } from './log-timer.ts';

const HOUR_MS = 3_600_000;

/** Clocks that the test sets. */
function clocksAt(wall: number) {
  const at = { wall, monotonic: 50 };
  const pass = (ms: number) => {
    at.wall += ms;
    at.monotonic += ms;
  };
  return { at, pass, clocks: { wall: () => at.wall, monotonic: () => at.monotonic } };
}

test('follows the host when its clock is right', () => {
  const { pass, clocks } = clocksAt(1_000_000);
  const timer = new LogTimer(999_000, clocks);
  expect([timer.now(), timer.aheadMs]).toEqual([1_000_000, 0]);
  pass(1_234);
  expect(timer.now()).toBe(1_001_234);
});

test('goes on from the newest record when the clock was set back before the start', () => {
  const { pass, clocks } = clocksAt(5_000_000);
  const timer = new LogTimer(5_000_000 + HOUR_MS, clocks);
  expect([timer.now(), timer.aheadMs]).toEqual([5_000_000 + HOUR_MS, HOUR_MS]);
  pass(120_000);
  expect(timer.now()).toBe(5_120_000 + HOUR_MS);
});

test.each([HOUR_MS, -HOUR_MS])('neither jumps nor stands still when the clock is set by %d ms', (change) => {
  const { at, pass, clocks } = clocksAt(5_000_000);
  const timer = new LogTimer(0, clocks);
  at.wall += change;
  pass(10_000);
  expect(timer.now()).toBe(5_010_000);
});
