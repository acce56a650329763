import { describe, expect, test } from '@jest/globals';
import { LogClock } from './log-clock.ts';

describe("the log's clock", () => {
  let monotonic = 0;
  const clock = () => {
    monotonic = 1000;
    return new LogClock(() => monotonic);
  };

  test('is unknown until the log has acknowledged something, however much was read', () => {
    const log = clock();
    log.observe(5_000);
    expect(log.now()).toBeUndefined();
  });

  test('goes on from the last acknowledged stamp by the monotonic timer', () => {
    const log = clock();
    log.acknowledge(5_000, 3);
    monotonic += 250;
    expect(log.now()).toBe(5_250);
  });

  test('tells what time it was at an earlier moment', () => {
    const log = clock();
    expect(log.at(900)).toBeUndefined();
    log.acknowledge(5_000, 3);
    expect(log.at(900)).toBe(4_900);
  });

  test('is put forward by a newer stamp that is read, never back by an older one', () => {
    const log = clock();
    log.acknowledge(5_000, 3);
    log.observe(9_000);
    log.observe(4_000);
    expect(log.now()).toBe(9_000);
  });

  test('is put back when the log says that it has run ahead, by more than the call took', () => {
    const log = clock();
    log.acknowledge(100_000, 3);
    monotonic += 10;
    log.acknowledge(99_990, 30);
    expect(log.now()).toBe(100_010);
    log.acknowledge(40_000, 30);
    expect(log.now()).toBe(40_000);
  });
});
