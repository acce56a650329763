import { describe, expect, test } from '@jest/globals';
import { admittedPerMinute, RecentAdmissions, releaseRatePerMinute } from './recent-admissions.ts';

const MINUTE = 60_000;
const opening = 1_700_000_000_000;

describe('recent admissions', () => {
  test('are kept in slices of ten seconds, with the number of called entries before the first', () => {
    const recent = new RecentAdmissions();
    recent.add(3, opening + 1, 0);
    recent.add(2, opening + 9_999, 3);
    recent.add(1, opening + 10_000, 4);
    expect(recent.save()).toEqual([
      [opening, 5, 0],
      [opening + 10_000, 1, 4],
    ]);
  });
  test('are removed after five minutes', () => {
    const recent = new RecentAdmissions();
    recent.add(3, opening, 0);
    recent.add(1, opening + 5 * MINUTE, 2);
    expect(recent.save()).toEqual([[opening + 5 * MINUTE, 1, 2]]);
  });
  test('do not change a saved copy', () => {
    const recent = new RecentAdmissions();
    recent.add(3, opening, 0);
    const saved = recent.save();
    recent.add(3, opening, 3);
    expect(saved).toEqual([[opening, 3, 0]]);
  });
});

describe('admissions per minute', () => {
  test('cover the last five minutes', () => {
    expect(admittedPerMinute([[opening, 50, 0]], opening + 4 * MINUTE, opening - 60 * MINUTE)).toBe(10);
    expect(admittedPerMinute([[opening, 50, 0]], opening + 5 * MINUTE, opening - 60 * MINUTE)).toBe(0);
  });
  test('cover the time since the opening if that is shorter, at least ten seconds', () => {
    expect(admittedPerMinute([[opening, 50, 0]], opening + 2 * MINUTE, opening)).toBe(25);
    expect(admittedPerMinute([[opening, 5, 0]], opening + 1, opening)).toBe(30);
  });
});

describe('slots freed per minute', () => {
  test('are the called entries minus those that are still READY or ACTIVE', () => {
    expect(
      releaseRatePerMinute(
        [
          [opening, 7, 3],
          [opening + MINUTE, 4, 10],
        ],
        opening + 2 * MINUTE,
        10,
      ),
    ).toBe(2);
  });
  test('are 0 without recent calls', () => {
    expect(releaseRatePerMinute([[opening, 7, 3]], opening + 5 * MINUTE, 0)).toBe(0);
  });
});
