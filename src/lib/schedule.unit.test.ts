import { describe, expect, test } from '@jest/globals';
import { Schedule } from './schedule.ts';

describe('a schedule', () => {
  test('yields each due subject once, earliest first', () => {
    const schedule = new Schedule<string>();
    schedule.plan('c', 30);
    schedule.plan('a', 10);
    schedule.plan('b', 20);
    expect([...schedule.due(20)]).toEqual(['a', 'b']);
    expect([...schedule.due(20)]).toEqual([]);
    expect([...schedule.due(30)]).toEqual(['c']);
  });

  test('replaces the due time of a subject by an earlier or a later one', () => {
    const schedule = new Schedule<string>();
    schedule.plan('a', 10);
    schedule.plan('a', 50);
    expect([...schedule.due(20)]).toEqual([]);
    schedule.plan('a', 30);
    expect([...schedule.due(60)]).toEqual(['a']);
    schedule.plan('a', 70);
    schedule.plan('a', Number.POSITIVE_INFINITY);
    expect([...schedule.due(100)]).toEqual([]);
    expect(schedule.size).toBe(0);
  });

  test('accepts new due times while it is iterated', () => {
    const schedule = new Schedule<string>();
    schedule.plan('a', 10);
    const seen: string[] = [];
    for (const subject of schedule.due(10)) {
      seen.push(subject);
      if (seen.length < 3) schedule.plan(subject, 10);
    }
    expect(seen).toEqual(['a', 'a', 'a']);
  });
});
