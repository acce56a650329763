import { describe, expect, test } from '@jest/globals';
import { ProjectionLag } from './projection-lag.ts';

const STAMP = 1_000_000;

/** Of a view that shows all up to an offset. */
function lagAt(shown: number, timestamp: number, now: () => number): ProjectionLag {
  const lag = new ProjectionLag(now);
  lag.shows(shown, timestamp);
  return lag;
}

describe('the lag of a partition', () => {
  test('is none when all is shown, however long ago that was', () => {
    const lag = lagAt(9, STAMP, () => STAMP + 3_600_000);
    lag.sawEnd(10);
    expect(lag.at(9)).toMatchObject({ events: 0, seconds: 0 });
  });

  test('goes with an end that is never below what is folded, whenever the log was looked at', () => {
    const lag = new ProjectionLag(() => STAMP);
    expect(lag.at(-1).end).toBe(0);
    lag.sawEnd(5);
    expect(lag.at(3).end).toBe(5);
    expect(lag.at(6).end).toBe(7);
  });

  test('counts what is folded and not written, also beyond where the log was last seen to end', () => {
    let now = STAMP + 60_000;
    const lag = lagAt(9, STAMP, () => now);
    lag.sawEnd(10);
    now += 5_000;
    expect(lag.at(11)).toMatchObject({ events: 2, seconds: 5 });
    lag.sawEnd(13);
    expect(lag.at(12)).toMatchObject({ events: 3, seconds: 5 });
    lag.shows(12, now);
    expect(lag.at(12)).toMatchObject({ events: 0, seconds: 0 });
  });

  test('counts from the last moment at which there was none: the first record after a silence is not old', () => {
    let now = STAMP + 3_600_000;
    const lag = lagAt(9, STAMP, () => now);
    lag.sawEnd(10);
    now += 3_000;
    lag.sawEnd(11);
    expect(lag.at(9)).toMatchObject({ events: 1, seconds: 3 });
  });

  test('of who takes over a backlog counts from the last record shown', () => {
    const lag = lagAt(999, STAMP, () => STAMP + 60_000);
    lag.sawEnd(5_000);
    expect(lag.at(999)).toMatchObject({ events: 4_000, seconds: 60 });
    // As it comes on, so do the stamps.
    lag.shows(1_999, STAMP + 50_000);
    expect(lag.at(1_999)).toMatchObject({ events: 3_000, seconds: 10 });
  });

  test('begins anew where the view is found, also when it has lost something', () => {
    const lag = lagAt(999, STAMP, () => STAMP + 60_000);
    lag.resume(499);
    lag.sawEnd(1_000);
    expect(lag.at(499)).toMatchObject({ events: 500, seconds: 60 });
  });

  test('is in events alone while nothing is known of the time', () => {
    const lag = new ProjectionLag(() => STAMP);
    lag.sawEnd(100);
    expect(lag.at(-1)).toMatchObject({ events: 100, seconds: 0 });
  });

  test('is never negative, though clocks may be', () => {
    const lag = lagAt(1, STAMP + 500, () => STAMP);
    lag.sawEnd(3);
    expect(lag.at(1)).toMatchObject({ events: 1, seconds: 0 });
    lag.shows(5, STAMP);
    expect(lag.at(5)).toMatchObject({ events: 0, seconds: 0 });
  });
});
