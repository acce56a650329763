import { beforeEach, describe, expect, test } from '@jest/globals';
import { EndOffsetHistory } from './end-offset-history.ts';

describe('all that the log held is folded', () => {
  let ends: EndOffsetHistory;
  beforeEach(() => {
    ends = new EndOffsetHistory(10_000);
    ends.saw(1_000, 5);
    ends.saw(1_400, 5);
    ends.saw(1_800, 8);
  });

  test('as of the newest look whose end was reached', () => {
    expect(ends.allReadAt(4)).toBe(1_400);
    expect(ends.allReadAt(6)).toBe(1_400);
    expect(ends.allReadAt(7)).toBe(1_800);
  });

  test('as of no time that is known, before the first look or below every end', () => {
    expect(new EndOffsetHistory(10_000).allReadAt(100)).toBeUndefined();
    expect(ends.allReadAt(3)).toBeUndefined();
  });

  test('an empty log is read by whoever has read nothing', () => {
    ends.clear();
    ends.saw(2_000, 0);
    expect(ends.allReadAt(-1)).toBe(2_000);
  });

  test('what was seen too long ago is forgotten', () => {
    ends.saw(11_400, 20);
    expect(ends.allReadAt(4)).toBeUndefined();
    expect(ends.allReadAt(7)).toBe(1_800);
  });
});
