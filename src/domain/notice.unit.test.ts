import { describe, expect, test } from '@jest/globals';
import * as fixtures from './concert-queue.fixtures.ts';

const { given, opened, noticePosted, closed, resumed } = fixtures;
const noticeAfter = (...events: Parameters<typeof given>) => given(...events).attributes().notice;

describe('the notice of a queue', () => {
  test('is absent until one is posted', () => {
    expect(given(opened, ...fixtures.annIsActive).attributes()).not.toHaveProperty('notice');
  });

  test('has the texts, the offset and the log time of its event', () => {
    expect(noticeAfter(opened, fixtures.atSecond(7, noticePosted({ en: 'Delayed.', ko: '지연' })))).toEqual({
      offset: 1,
      postedAt: 7_000,
      texts: { en: 'Delayed.', ko: '지연' },
    });
  });

  test('replaces the one before', () => {
    const events = [opened, noticePosted({ en: 'Delayed.', ko: '지연' }), noticePosted({ en: 'Open.' })];
    expect(noticeAfter(...events)).toEqual({ offset: 2, postedAt: 2_000, texts: { en: 'Open.' } });
  });

  test('is removed by an event without texts', () => {
    expect(noticeAfter(opened, noticePosted({ en: 'Delayed.' }), noticePosted())?.texts).toEqual({});
  });

  test('stays when the queue is closed, resumed and configured again', () => {
    const events = [opened, noticePosted({ en: 'Sold out.' }), closed, resumed, fixtures.configured({ capacity: 9 })];
    expect(noticeAfter(...events)?.texts).toEqual({ en: 'Sold out.' });
  });

  test('never has a time before an earlier record of the log', () => {
    const early = fixtures.atSecond(3, noticePosted({ en: 'Delayed.' }));
    expect(noticeAfter(opened, fixtures.atSecond(9, fixtures.paused), early)?.postedAt).toBe(9_000);
  });

  test('changes no entry', () => {
    const { queue, changes } = fixtures.changesOf(opened, ...fixtures.annIsReady, noticePosted({ en: 'Delayed.' }));
    expect([changes.at(-1), fixtures.stateOf(queue, 'ann')]).toEqual([[], 'READY']);
  });
});
