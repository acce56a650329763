import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../tools/stack/settings.ts';

const FOLDER = join(PROJECT, 'examples/waiting-page/src/messages');

/** Every text by its path; functions are called with their parameters' numbers. */
async function textsIn(file: string): Promise<Map<string, string>> {
  const module = (await import(join(FOLDER, file))) as Record<string, unknown>;
  const texts = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (typeof value === 'string') texts.set(path, value);
    else if (typeof value === 'function') add(`${path}()`, (value as (...all: string[]) => unknown)('<1>', '<2>'));
    else for (const [key, inner] of Object.entries(value as object)) add(`${path}.${key}`, inner);
  };
  add('', Object.values(module)[0]);
  return texts;
}

const files = readdirSync(FOLDER);
const others = files.filter((file) => file !== 'en.ts');

test('there are seven languages', () => {
  expect(files.toSorted()).toEqual(['ar.ts', 'de.ts', 'en.ts', 'es.ts', 'fr.ts', 'ja.ts', 'ko.ts']);
});

test.each(others)('%s has every text, translated, with every value', async (file) => {
  const [english, texts] = [await textsIn('en.ts'), await textsIn(file)];
  expect([...texts.keys()]).toEqual([...english.keys()]);
  const isMissing = (path: string, text: string) => text.trim() === '' || text === english.get(path);
  expect([...texts].filter(([path, text]) => isMissing(path, text) && !path.includes('aheadSub'))).toEqual([]);
  const valuesOf = (text = '') => (text.match(/<\d>/g) ?? []).toSorted();
  const wrong = [...texts].filter(([path, text]) => valuesOf(text).join() !== valuesOf(english.get(path)).join());
  expect(wrong).toEqual([]);
});
