import { expect, test } from '@jest/globals';
import { noticeIn } from '../../examples/waiting-page/src/notice.ts';

const shown = (wanted: readonly string[], ...languages: readonly string[]) =>
  noticeIn({ texts: Object.fromEntries(languages.map((tag) => [tag, `in ${tag}`])), postedAt: '' }, wanted)?.[0];

test('a notice is shown in the first wanted language that it has, else in English, else in any', () => {
  expect(shown(['ko', 'en-US'], 'en', 'ko')).toBe('ko');
  expect(shown(['ko', 'pt-br'], 'en', 'pt', 'pt-BR')).toBe('pt-BR');
  expect(shown(['ko', 'pt-PT'], 'en', 'pt-BR')).toBe('pt-BR');
  expect(shown(['ko', 'fr'], 'de', 'en-GB')).toBe('en-GB');
  expect(shown(['ko', 'fr'], 'de', 'th')).toBe('de');
  expect(shown(['ko'])).toBeUndefined();
});
