import { describe, expect, test } from '@jest/globals';
import { Schedule } from './schedule.ts';

describe('an agenda', () => {
  test('gives those whose time has come, the earliest first, once', () => {
    const agenda = new Schedule<string>();
    agenda.plan('c', 30);
    agenda.plan('a', 10);
    agenda.plan('b', 20);
    expect([...agenda.due(20)]).toEqual(['a', 'b']);
    expect([...agenda.due(20)]).toEqual([]);
    expect([...agenda.due(30)]).toEqual(['c']);
  });

  test('forgets what was planned before, sooner or later', () => {
    const agenda = new Schedule<string>();
    agenda.plan('a', 10);
    agenda.plan('a', 50);
    expect([...agenda.due(20)]).toEqual([]);
    agenda.plan('a', 30);
    expect([...agenda.due(60)]).toEqual(['a']);
    agenda.plan('a', 70);
    agenda.plan('a', Number.POSITIVE_INFINITY);
    expect([...agenda.due(100)]).toEqual([]);
    expect(agenda.size).toBe(0);
  });

  test('may be planned again while it is read', () => {
    const agenda = new Schedule<string>();
    agenda.plan('a', 10);
    const seen: string[] = [];
    for (const subject of agenda.due(10)) {
      seen.push(subject);
      if (seen.length < 3) agenda.plan(subject, 10);
    }
    expect(seen).toEqual(['a', 'a', 'a']);
  });
});
