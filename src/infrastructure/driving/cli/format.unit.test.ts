import { expect, test } from '@jest/globals';
import { counted, printable, rowsOf } from './format.ts';

test('counted uses the singular for one only', () => {
  expect([0, 1, 2].map((number) => counted(number, 'view'))).toEqual(['0 views', '1 view', '2 views']);
});

test('rowsOf flattens a document into names and values with at most two decimals', () => {
  expect(rowsOf({ state: 'OPEN', waiting: 3, admittedPerMinute: 4.935184575903139, policy: { capacity: 10 } })).toEqual(
    [
      ['state', 'OPEN'],
      ['waiting', '3'],
      ['admittedPerMinute', '4.94'],
      ['policy.capacity', '10'],
    ],
  );
});

test('rowsOf names the fields at any depth', () => {
  expect(rowsOf({ notice: { texts: { en: 'Late.', ko: '지연' }, postedAt: 'now' } })).toEqual([
    ['notice.texts.en', 'Late.'],
    ['notice.texts.ko', '지연'],
    ['notice.postedAt', 'now'],
  ]);
});

test('printable escapes control characters and keeps line feeds and other scripts', () => {
  expect(printable('a\u001b[31mred\u009b2J\r\n서울 ’')).toBe('a\\x1b[31mred\\x9b2J\\x0d\n서울 ’');
});
