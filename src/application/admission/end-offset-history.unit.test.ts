import { beforeEach, describe, expect, test } from '@jest/globals';
import { EndOffsetHistory } from './end-offset-history.ts';

describe('the time at which a checkpoint was complete', () => {
  let ends: EndOffsetHistory;
  beforeEach(() => {
    ends = new EndOffsetHistory(10_000);
    ends.add(1_000, 5);
    ends.add(1_400, 5);
    ends.add(1_800, 8);
  });

  test('is that of the latest end offset that the checkpoint has reached', () => {
    expect(ends.completeAt(4)).toBe(1_400);
    expect(ends.completeAt(6)).toBe(1_400);
    expect(ends.completeAt(7)).toBe(1_800);
  });

  test('is unknown without end offsets, and below all of them', () => {
    expect(new EndOffsetHistory(10_000).completeAt(100)).toBeUndefined();
    expect(ends.completeAt(3)).toBeUndefined();
  });

  test('is known for an empty log without a checkpoint', () => {
    ends.clear();
    ends.add(2_000, 0);
    expect(ends.completeAt(-1)).toBe(2_000);
  });

  test('is unknown when the end offset is too old', () => {
    ends.add(11_400, 20);
    expect(ends.completeAt(4)).toBeUndefined();
    expect(ends.completeAt(7)).toBe(1_800);
  });
});
