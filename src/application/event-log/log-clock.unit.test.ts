import { describe, expect, test } from '@jest/globals';
import { LogClock } from './log-clock.ts';

describe('the log clock', () => {
  let monotonic = 0;
  const clock = () => {
    monotonic = 1000;
    return new LogClock(() => monotonic);
  };

  test('is unknown before the first acknowledgement, even if records were read', () => {
    const log = clock();
    log.observe(5_000);
    expect(log.now()).toBeUndefined();
  });

  test('advances with the monotonic timer', () => {
    const log = clock();
    log.acknowledge(5_000, 3);
    monotonic += 250;
    expect(log.now()).toBe(5_250);
  });

  test('gives the log time at an earlier monotonic time', () => {
    const log = clock();
    expect(log.at(900)).toBeUndefined();
    log.acknowledge(5_000, 3);
    expect(log.at(900)).toBe(4_900);
  });

  test('moves forward to a later timestamp that is read, and never back to an earlier one', () => {
    const log = clock();
    log.acknowledge(5_000, 3);
    log.observe(9_000);
    log.observe(4_000);
    expect(log.now()).toBe(9_000);
  });

  test('moves back when it is ahead of an acknowledged timestamp by more than the duration of the call', () => {
    const log = clock();
    log.acknowledge(100_000, 3);
    monotonic += 10;
    log.acknowledge(99_990, 30);
    expect(log.now()).toBe(100_010);
    log.acknowledge(40_000, 30);
    expect(log.now()).toBe(40_000);
  });
});
