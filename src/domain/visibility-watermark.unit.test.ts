import { describe, expect, test } from '@jest/globals';
import { VisibilityWatermark } from './visibility-watermark.ts';

const WINDOW = 30_000;

/** Confirms every half second, ends included. */
function confirmed(visibility: VisibilityWatermark, from: number, to: number): VisibilityWatermark {
  for (let now = from; now <= to; now += 500) visibility.confirm(now, now);
  return visibility;
}
const steady = () => confirmed(new VisibilityWatermark({ visibleUntil: 0, hold: null }), 0, 10_000);

describe('time is vouched for', () => {
  test('up to the last confirmation while they come steadily', () => {
    expect(steady().through(WINDOW)).toBe(10_000);
    expect(steady().hold(WINDOW)).toBeUndefined();
  });

  test('after a gap only up to its start, for as long as it lasted', () => {
    const visibility = confirmed(steady(), 18_000, 25_500);
    expect(visibility.through(WINDOW)).toBe(10_000);
    expect(visibility.hold(WINDOW)).toEqual({ through: 10_000, until: 26_000 });
    expect(confirmed(visibility, 26_000, 26_000).through(WINDOW)).toBe(26_000);
  });

  test('after a standstill until what was logged in it has been shown for as long as it lasted', () => {
    const visibility = steady();
    for (let now = 10_500; now <= 13_000; now += 500) visibility.confirm(10_000, now);
    expect(visibility.hold(WINDOW)).toBeUndefined();
    visibility.confirm(12_800, 13_500); // the log was seen to end there 0.7 s ago, and all of it is shown now
    expect(visibility.hold(WINDOW)).toEqual({ through: 10_000, until: 17_000 });
    expect(visibility.through(WINDOW)).toBe(10_000);
  });

  test('up to what is shown, when that is always a little behind', () => {
    const visibility = steady();
    for (let now = 10_500; now <= 20_000; now += 500) visibility.confirm(now - 500, now);
    expect(visibility.through(WINDOW)).toBe(19_500);
  });

  test('after a long gap for one claim window at most', () => {
    const visibility = confirmed(steady(), 500_000, 529_500);
    expect(visibility.through(WINDOW)).toBe(10_000);
    expect(visibility.through(5_000)).toBe(529_500);
    expect(confirmed(visibility, 530_000, 530_000).through(WINDOW)).toBe(530_000);
  });

  test('after a gap within a hold from the first start, for the rest of the first and the length of the second', () => {
    const visibility = confirmed(steady(), 14_000, 15_000); // 4 s, held until 18 s; 3 s of it left at 15 s
    visibility.confirm(17_000, 17_000); // 2 s more
    expect(visibility.hold(WINDOW)).toEqual({ through: 10_000, until: 22_000 });
  });

  test('by nobody before the first confirmation', () => {
    expect(new VisibilityWatermark().through(WINDOW)).toBe(-1);
    expect(new VisibilityWatermark().record()).toBeNull();
  });

  test('when the former owner’s word is lost, for nobody’s expiry during one claim window', () => {
    const visibility = confirmed(new VisibilityWatermark(), 100_000, 129_500);
    expect(visibility.through(WINDOW)).toBe(0);
    expect(confirmed(visibility, 130_000, 130_000).through(WINDOW)).toBe(130_000);
  });

  test('as the former owner left it, hold included, through its record', () => {
    const before = confirmed(steady(), 18_000, 19_000);
    const after = new VisibilityWatermark(JSON.parse(JSON.stringify(before.record())));
    after.confirm(19_500, 19_500);
    expect(after.hold(WINDOW)).toEqual(before.hold(WINDOW));
  });

  test('no further than to the last look that found everything, when something was missing', () => {
    const visibility = steady();
    visibility.retract(7_000);
    expect(visibility.through(WINDOW)).toBe(7_000);
    visibility.confirm(12_000, 12_000);
    expect(visibility.hold(WINDOW)).toEqual({ through: 7_000, until: 17_000 });
  });
});
