import { describe, expect, test } from '@jest/globals';
import { LogLag } from './log-lag.ts';

const STAMP = 1_000_000;

describe('the lag of a partition', () => {
  test('is none when all is projected, however long ago that was', () => {
    const lag = new LogLag(() => STAMP + 3_600_000);
    lag.sawEnd(10, 9);
    expect(lag.at(9, STAMP)).toEqual({ events: 0, seconds: 0 });
  });

  test('goes with an end that is never below what is projected, whenever the log was looked at', () => {
    const lag = new LogLag(() => STAMP);
    expect(lag.endAt(-1)).toBe(0);
    lag.sawEnd(5, 3);
    expect(lag.endAt(3)).toBe(5);
    expect(lag.endAt(6)).toBe(7);
  });

  test('counts from the last moment at which there was none: the first record after a silence is not old', () => {
    let now = STAMP + 3_600_000;
    const lag = new LogLag(() => now);
    lag.sawEnd(10, 9);
    now += 3_000;
    lag.sawEnd(11, 9);
    expect(lag.at(9, STAMP)).toEqual({ events: 1, seconds: 3 });
  });

  test('of who takes over a backlog counts from the last record projected', () => {
    const lag = new LogLag(() => STAMP + 60_000);
    lag.sawEnd(5_000, 999);
    expect(lag.at(999, STAMP)).toEqual({ events: 4_000, seconds: 60 });
    // As it comes on, so do the stamps.
    expect(lag.at(1_999, STAMP + 50_000)).toEqual({ events: 3_000, seconds: 10 });
  });

  test('is in events alone while nothing is known of the time', () => {
    const lag = new LogLag(() => STAMP);
    lag.sawEnd(100, -1);
    expect(lag.at(-1, 0)).toEqual({ events: 100, seconds: 0 });
  });

  test('is never negative, though clocks may be', () => {
    const lag = new LogLag(() => STAMP);
    lag.sawEnd(3, 1);
    expect(lag.at(1, STAMP + 500)).toEqual({ events: 1, seconds: 0 });
    expect(lag.at(5, STAMP)).toEqual({ events: 0, seconds: 0 });
  });
});
