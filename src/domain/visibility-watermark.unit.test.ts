import { describe, expect, test } from '@jest/globals';
import { VisibilityWatermark } from './visibility-watermark.ts';

const WINDOW = 30_000;

/** Confirms every half second, ends included. */
function confirmed(visibility: VisibilityWatermark, from: number, to: number): VisibilityWatermark {
  for (let now = from; now <= to; now += 500) visibility.confirm(now, now);
  return visibility;
}
const steady = () => confirmed(new VisibilityWatermark({ visibleUntil: 0, hold: null }), 0, 10_000);

describe('the watermark', () => {
  test('is the last confirmation while there is no outage', () => {
    expect(steady().through(WINDOW)).toBe(10_000);
    expect(steady().hold(WINDOW)).toBeUndefined();
  });

  test('stays at the start of an outage for the length of the outage', () => {
    const visibility = confirmed(steady(), 18_000, 25_500);
    expect(visibility.through(WINDOW)).toBe(10_000);
    expect(visibility.hold(WINDOW)).toEqual({ through: 10_000, until: 26_000 });
    expect(confirmed(visibility, 26_000, 26_000).through(WINDOW)).toBe(26_000);
  });

  test('also stays for an outage of the projection, from the time at which its records were shown', () => {
    const visibility = steady();
    for (let now = 10_500; now <= 13_000; now += 500) visibility.confirm(10_000, now);
    expect(visibility.hold(WINDOW)).toBeUndefined();
    visibility.confirm(12_800, 13_500); // complete as of 0.7 s ago
    expect(visibility.hold(WINDOW)).toEqual({ through: 10_000, until: 17_000 });
    expect(visibility.through(WINDOW)).toBe(10_000);
  });

  test('follows the shown time if the projection always lags a little', () => {
    const visibility = steady();
    for (let now = 10_500; now <= 20_000; now += 500) visibility.confirm(now - 500, now);
    expect(visibility.through(WINDOW)).toBe(19_500);
  });

  test('stays for at most one claim window after a long outage', () => {
    const visibility = confirmed(steady(), 500_000, 529_500);
    expect(visibility.through(WINDOW)).toBe(10_000);
    expect(visibility.through(5_000)).toBe(529_500);
    expect(confirmed(visibility, 530_000, 530_000).through(WINDOW)).toBe(530_000);
  });

  test('stays at the start of the first outage for the rest of its hold and the length of a second outage', () => {
    const visibility = confirmed(steady(), 14_000, 15_000); // 4 s, held until 18 s; 3 s remain at 15 s
    visibility.confirm(17_000, 17_000); // another 2 s
    expect(visibility.hold(WINDOW)).toEqual({ through: 10_000, until: 22_000 });
  });

  test('is -1 before the first confirmation', () => {
    expect(new VisibilityWatermark().through(WINDOW)).toBe(-1);
    expect(new VisibilityWatermark().record()).toBeNull();
  });

  test('allows no expiry for one claim window if the record of the former owner is lost', () => {
    const visibility = confirmed(new VisibilityWatermark(), 100_000, 129_500);
    expect(visibility.through(WINDOW)).toBe(0);
    expect(confirmed(visibility, 130_000, 130_000).through(WINDOW)).toBe(130_000);
  });

  test('continues from the record of the former owner, including its hold', () => {
    const before = confirmed(steady(), 18_000, 19_000);
    const after = new VisibilityWatermark(JSON.parse(JSON.stringify(before.record())));
    after.confirm(19_500, 19_500);
    expect(after.hold(WINDOW)).toEqual(before.hold(WINDOW));
  });

  test('goes back to the last verified time if the view was incomplete', () => {
    const visibility = steady();
    visibility.retract(7_000);
    expect(visibility.through(WINDOW)).toBe(7_000);
    visibility.confirm(12_000, 12_000);
    expect(visibility.hold(WINDOW)).toEqual({ through: 7_000, until: 17_000 });
  });
});
