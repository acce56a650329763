import { describe, expect, test } from '@jest/globals';
import { admittedPerMinute, RecentAdmissions, releaseRatePerMinute } from './recent-admissions.ts';

const MINUTE = 60_000;
const opening = 1_700_000_000_000;

describe('recent admissions', () => {
  test('are kept in slices of ten seconds, with how many were called before the first', () => {
    const recent = new RecentAdmissions();
    recent.add(3, opening + 1, 0);
    recent.add(2, opening + 9_999, 3);
    recent.add(1, opening + 10_000, 4);
    expect(recent.save()).toEqual([
      [opening, 5, 0],
      [opening + 10_000, 1, 4],
    ]);
  });
  test('are forgotten after five minutes', () => {
    const recent = new RecentAdmissions();
    recent.add(3, opening, 0);
    recent.add(1, opening + 5 * MINUTE, 2);
    expect(recent.save()).toEqual([[opening + 5 * MINUTE, 1, 2]]);
  });
  test('that were saved stay as they were', () => {
    const recent = new RecentAdmissions();
    recent.add(3, opening, 0);
    const saved = recent.save();
    recent.add(3, opening, 3);
    expect(saved).toEqual([[opening, 3, 0]]);
  });
});

describe('admissions a minute', () => {
  test('are over the last five minutes', () => {
    expect(admittedPerMinute([[opening, 50, 0]], opening + 4 * MINUTE, opening - 60 * MINUTE)).toBe(10);
    expect(admittedPerMinute([[opening, 50, 0]], opening + 5 * MINUTE, opening - 60 * MINUTE)).toBe(0);
  });
  test('are over the time since the opening while that is shorter, though not below ten seconds', () => {
    expect(admittedPerMinute([[opening, 50, 0]], opening + 2 * MINUTE, opening)).toBe(25);
    expect(admittedPerMinute([[opening, 5, 0]], opening + 1, opening)).toBe(30);
  });
});

describe('slots freed a minute', () => {
  test('are those called since the first, less those who are still there', () => {
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
  test('are none where nobody was called lately', () => {
    expect(releaseRatePerMinute([[opening, 7, 3]], opening + 5 * MINUTE, 0)).toBe(0);
  });
});
