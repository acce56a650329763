import { describe, expect, test } from '@jest/globals';
import { ProjectionLag } from './projection-lag.ts';

const TIMESTAMP = 1_000_000;

/** For a view that is projected up to an offset. */
function lagAt(projected: number, timestamp: number, now: () => number): ProjectionLag {
  const lag = new ProjectionLag(now);
  lag.advance(projected, timestamp);
  return lag;
}

describe('the lag of a partition', () => {
  test('is 0 when everything is projected, however old the last record is', () => {
    const lag = lagAt(9, TIMESTAMP, () => TIMESTAMP + 3_600_000);
    lag.updateLogEnd(10);
    expect(lag.at(9)).toMatchObject({ events: 0, seconds: 0 });
  });

  test('reports a log end beyond the last folded record even when the end was read earlier', () => {
    const lag = new ProjectionLag(() => TIMESTAMP);
    expect(lag.at(-1).logEnd).toBe(0);
    lag.updateLogEnd(5);
    expect(lag.at(3).logEnd).toBe(5);
    expect(lag.at(6).logEnd).toBe(7);
  });

  test('counts records that are folded but not written, also beyond the last known log end', () => {
    let now = TIMESTAMP + 60_000;
    const lag = lagAt(9, TIMESTAMP, () => now);
    lag.updateLogEnd(10);
    now += 5_000;
    expect(lag.at(11)).toMatchObject({ events: 2, seconds: 5 });
    lag.updateLogEnd(13);
    expect(lag.at(12)).toMatchObject({ events: 3, seconds: 5 });
    lag.advance(12, now);
    expect(lag.at(12)).toMatchObject({ events: 0, seconds: 0 });
  });

  test('starts at the last time without lag, so the first record after an idle period is not old', () => {
    let now = TIMESTAMP + 3_600_000;
    const lag = lagAt(9, TIMESTAMP, () => now);
    lag.updateLogEnd(10);
    now += 3_000;
    lag.updateLogEnd(11);
    expect(lag.at(9)).toMatchObject({ events: 1, seconds: 3 });
  });

  test('starts at the timestamp of the last projected record when a backlog is taken over', () => {
    const lag = lagAt(999, TIMESTAMP, () => TIMESTAMP + 60_000);
    lag.updateLogEnd(5_000);
    expect(lag.at(999)).toMatchObject({ events: 4_000, seconds: 60 });
    lag.advance(1_999, TIMESTAMP + 50_000);
    expect(lag.at(1_999)).toMatchObject({ events: 3_000, seconds: 10 });
  });

  test('restarts at the loaded offset when the view has lost records', () => {
    const lag = lagAt(999, TIMESTAMP, () => TIMESTAMP + 60_000);
    lag.resume(499);
    lag.updateLogEnd(1_000);
    expect(lag.at(499)).toMatchObject({ events: 500, seconds: 60 });
  });

  test('is reported in events only while no time is known', () => {
    const lag = new ProjectionLag(() => TIMESTAMP);
    lag.updateLogEnd(100);
    expect(lag.at(-1)).toMatchObject({ events: 100, seconds: 0 });
  });

  test('is never negative when clocks differ', () => {
    const lag = lagAt(1, TIMESTAMP + 500, () => TIMESTAMP);
    lag.updateLogEnd(3);
    expect(lag.at(1)).toMatchObject({ events: 1, seconds: 0 });
    lag.advance(5, TIMESTAMP);
    expect(lag.at(5)).toMatchObject({ events: 0, seconds: 0 });
  });
});
