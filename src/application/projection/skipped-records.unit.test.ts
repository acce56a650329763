import { describe, expect, test } from '@jest/globals';
import { SkippedRecords } from './skipped-records.ts';

const none = new Map<number, number>();
const loaded = (named: [number, number][], recorded: [number, number][], checkpoint: number): SkippedRecords => {
  const passed = new SkippedRecords();
  passed.load(new Map(named), new Map(recorded), checkpoint);
  return passed;
};

describe('a dead letter', () => {
  test('counts only for the record that was stamped when it says', () => {
    const passed = loaded([[7, 100]], [], -1);
    expect(passed.names({ offset: 7, timestamp: 100 })).toBe(true);
    expect(passed.names({ offset: 7, timestamp: 101 })).toBe(false);
    expect(passed.names({ offset: 8, timestamp: 100 })).toBe(false);
  });
  test('is to be recorded once its record was left out', () => {
    const passed = loaded([[7, 100]], [], -1);
    expect(passed.unrecorded).toEqual(none);
    passed.add({ offset: 7, timestamp: 100 });
    expect([passed.unrecorded, passed.all]).toEqual([new Map([[7, 100]]), new Map([[7, 100]])]);
    passed.recorded(passed.unrecorded);
    passed.add({ offset: 7, timestamp: 100 });
    expect([passed.unrecorded, passed.all]).toEqual([none, new Map([[7, 100]])]);
  });
  test('that the record names is in no doubt', () => {
    expect(loaded([[7, 100]], [[7, 100]], 20).doubtful).toEqual(none);
  });
  test('beyond what was folded is in no doubt', () => {
    expect(loaded([[7, 100]], [], 6).doubtful).toEqual(none);
  });
  test('of what was folded, unknown to the record, is in doubt until it is settled', () => {
    const passed = loaded([[7, 100]], [], 20);
    passed.hear(new Map([[7, 100]]), 25);
    expect(passed.doubtful).toEqual(new Map([[7, 100]]));
    passed.settle(7);
    passed.hear(new Map([[7, 100]]), 30);
    expect(passed.doubtful).toEqual(none);
  });
  test('that somebody else wrote meanwhile is heard of', () => {
    const passed = loaded([], [], 20);
    passed.hear(
      new Map([
        [7, 100],
        [21, 300],
      ]),
      20,
    );
    expect(passed.doubtful).toEqual(new Map([[7, 100]]));
    expect(passed.names({ offset: 21, timestamp: 300 })).toBe(true);
  });
  test('is announced until its record is left out, and stays in doubt until then', () => {
    const passed = loaded([[7, 100]], [[3, 50]], 20);
    passed.announce(
      new Map([
        [3, 50],
        [7, 100],
      ]),
    );
    expect([passed.announced, passed.doubtful]).toEqual([new Map([[7, 100]]), new Map([[7, 100]])]);
    passed.add({ offset: 7, timestamp: 100 });
    expect([passed.announced, passed.doubtful]).toEqual([none, none]);
  });
  test('that was just written here is in no doubt', () => {
    const passed = loaded([], [], 6);
    passed.add({ offset: 7, timestamp: 100 });
    passed.hear(new Map([[7, 100]]), 7);
    expect(passed.doubtful).toEqual(none);
  });
});
