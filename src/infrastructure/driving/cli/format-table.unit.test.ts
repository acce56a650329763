import { describe, expect, test } from '@jest/globals';
import { formatTable } from './format-table.ts';

describe('formatTable', () => {
  test('aligns columns to the left, two spaces apart, without trailing spaces', () => {
    expect(
      formatTable([
        ['NAME', 'STATE', ''],
        ['demo', 'OPEN'],
        ['서울', '', 'x'],
      ]),
    ).toBe('NAME  STATE\ndemo  OPEN\n서울         x');
  });

  test('returns an empty text for no rows', () => {
    expect(formatTable([])).toBe('');
  });

  test('aligns tables of many rows from top to bottom', () => {
    const rows = Array.from({ length: 250 }, (_, row) => [row === 249 ? 'longest-name' : `${row}`, 'state']);
    const lines = formatTable(rows).split('\n');
    expect(lines).toHaveLength(250);
    expect(new Set(lines.map((line) => line.indexOf('state')))).toEqual(new Set([14]));
  });
});
