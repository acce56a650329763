import { describe, expect, test } from '@jest/globals';
import { validNoticeTexts } from './notice-texts.ts';

const rejection = (texts: Record<string, string>) => {
  try {
    validNoticeTexts(texts);
  } catch (error) {
    return error;
  }
  throw new Error('the texts were accepted');
};
const invalid = (problem: string) =>
  expect.objectContaining({ code: 'INVALID_REQUEST', message: `The texts of a notice ${problem}.` });
const languages = ['en', 'ko', 'ja', 'zh-Hant', 'fr', 'de', 'es-419', 'pt-BR', 'th', 'vi'];
const notice = (count: number) => Object.fromEntries([...languages, 'it'].slice(0, count).map((tag) => [tag, 'x']));

describe('the texts of a notice', () => {
  test('may be in ten languages', () => {
    expect(validNoticeTexts(notice(10))).toEqual(notice(10));
    expect(rejection(notice(11))).toEqual(invalid('must have at most 10 languages, not 11'));
  });

  test('may be empty, which removes the notice', () => {
    expect(validNoticeTexts({})).toEqual({});
  });

  test.each(['a', '가', '🎫'])('may have 1,000 characters %s', (character) => {
    expect(validNoticeTexts({ ko: character.repeat(1_000) })).toEqual({ ko: character.repeat(1_000) });
    expect(rejection({ ko: character.repeat(1_001) })).toEqual(
      invalid('must have at most 1000 characters in each text: ko'),
    );
  });

  test.each([
    ['en-us', 'en-US'],
    ['ZH-hant-tw', 'zh-Hant-TW'],
    ['sr-Latn-RS', 'sr-Latn-RS'],
  ])('in %s are stored under the canonical tag %s', (tag, canonical) => {
    expect(validNoticeTexts({ [tag]: 'Delayed.' })).toEqual({ [canonical]: 'Delayed.' });
  });

  test.each([
    '',
    'e',
    'en_US',
    'english language',
    'en-',
    '한국어',
    '__proto__',
    '<b>',
    `en-${'abcdefgh-'.repeat(4)}x`,
  ])('must be named by language tags: %s', (tag) => {
    expect(rejection(Object.fromEntries([[tag, 'Delayed.']]))).toEqual(
      expect.objectContaining({ code: 'INVALID_REQUEST', message: expect.stringContaining('is not a language tag') }),
    );
  });

  test('must have each language once', () => {
    expect(rejection({ 'en-US': 'a', 'en-us': 'b' })).toEqual(invalid('must have the language en-US only once'));
  });

  test.each(['\0', '\u0007', '\t', '\r\n', '\u001b[31m', '\u0085'])(
    'must not have the control character %j',
    (text) => {
      expect(rejection({ en: `Delayed.${text}` })).toEqual(
        invalid('must not have control characters other than line feeds: en'),
      );
    },
  );

  test('may have line feeds and any other plain text', () => {
    const texts = { en: 'Delayed.\nWe open at 8 p.m. <b>&amp;</b>' };
    expect(validNoticeTexts(texts)).toEqual(texts);
  });

  test.each(['', ' \n'])('must not be blank: %j', (text) => {
    expect(rejection({ en: text })).toEqual(invalid('must not have an empty text: en'));
  });

  test('must be valid Unicode', () => {
    expect(rejection({ en: 'Delayed \ud83c' })).toEqual(invalid('must be valid Unicode: en'));
  });
});
