import { describe, expect, test } from '@jest/globals';
import { WordFinder, wordsOf } from './find-words.ts';

const words = [
  { word: 'life', in: ['identifier', 'file'], use: 'entry' },
  { word: 'whoever', in: ['prose'], use: 'the actor' },
] as const;

const found = (path: string, content: string) =>
  new WordFinder(words, []).find(path, content).map(({ line, place, word }) => `${line} ${place} ${word}`);

describe('the word check', () => {
  test('reports a retired word inside an identifier, with its line', () => {
    expect(found('a.ts', 'const x = 1;\nconst userLife = x;')).toEqual(['2 identifier life']);
  });
  test('reports a retired word in a private member', () => {
    expect(found('a.ts', 'class A { #life = 1; }')).toEqual(['1 identifier life']);
  });
  test('reports a retired word in a comment and in a string', () => {
    expect(found('a.ts', '/** Text.\n * Whoever waits. */\nconst a = "whoever";')).toEqual([
      '3 prose whoever',
      '2 prose whoever',
    ]);
  });
  test('reports a retired word in a file name', () => {
    expect(found('src/life-codec.ts', '')).toEqual(['0 file life']);
  });
  test('reports a retired word in a document', () => {
    expect(found('docs/a.md', 'One.\nWhoever enters')).toEqual(['2 prose whoever']);
  });
  test('accepts a word where it is not retired, and words that contain it', () => {
    expect(found('a.ts', '// a life\nconst lifecycle = 1;')).toEqual([]);
  });
  test('accepts an exception for its file alone', () => {
    const finder = new WordFinder(words, [{ word: 'life', path: 'a.ts', reason: 'a test' }]);
    expect(finder.find('a.ts', 'const life = 1;')).toEqual([]);
    expect(finder.find('b.ts', 'const life = 1;')).toHaveLength(1);
  });
});

test('splits identifiers into words', () => {
  expect(wordsOf('maxWaiting HTTPServer MOST_PER_EVENT p99')).toEqual([
    'max',
    'waiting',
    'http',
    'server',
    'most',
    'per',
    'event',
    'p',
  ]);
});
