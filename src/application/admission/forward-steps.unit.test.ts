import { expect, test } from '@jest/globals';
import { ForwardSteps } from './forward-steps.ts';

const WINDOW_MS = 60_000;
const STEP_MS = 600_000;

/** Log time and a monotonic clock that the test moves. */
function clocks() {
  const at = { log: 1_000_000, monotonic: 50 };
  const steps = new ForwardSteps(() => at.monotonic);
  const pass = (ms: number, step = 0): number => {
    at.monotonic += ms;
    at.log += ms + step;
    steps.note(at.log);
    return at.log - steps.lagMs(WINDOW_MS);
  };
  pass(0);
  return { at, pass, lagMs: () => steps.lagMs(WINDOW_MS) };
}

test('there is no lag while log time follows the monotonic clock', () => {
  const { pass, lagMs } = clocks();
  for (let second = 0; second < 100; second++) pass(1_000, second % 2 === 0 ? 300 : -300);
  expect(lagMs()).toBe(0);
});

test('the limited time passes no faster than the monotonic clock for one window after a step', () => {
  const { at, pass } = clocks();
  const start = at.log;
  expect(pass(100, STEP_MS)).toBe(start + 100);
  expect(pass(WINDOW_MS - 200)).toBe(start + WINDOW_MS - 100);
  expect(pass(200)).toBe(at.log);
});

test('a second step adds to the first, and a step back ends none', () => {
  const { pass, lagMs } = clocks();
  pass(100, STEP_MS);
  pass(1_000, -STEP_MS);
  expect(lagMs()).toBe(STEP_MS);
  pass(1_000, STEP_MS);
  expect(lagMs()).toBe(2 * STEP_MS);
  pass(WINDOW_MS);
  expect(lagMs()).toBe(0);
});
