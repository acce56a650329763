import { posix } from 'node:path';
import { wordsOf } from '../words/find-words.ts';
import type { Document, Finding } from './documents.ts';

export const GLOSSARY = 'docs/glossary.md';
export const MAX_TERMS = 40;
/** Shorter words are abbreviations or prepositions. */
const MIN_LENGTH = 3;

export interface Term {
  readonly term: string;
  readonly line: number;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The terms of the glossary: the first column of its table. */
export function termsOf({ prose }: Document): readonly Term[] {
  return prose.flatMap((text, index) => {
    const term = /^\| ([a-z][a-z ]*) \|/.exec(text)?.[1];
    return term === undefined || term === 'term' ? [] : [{ term, line: index + 1 }];
  });
}

/** Terms that occur in no source file, neither as an identifier nor in text, and terms above the limit. */
export function glossaryFindings(terms: readonly Term[], sources: readonly SourceFile[]): readonly Finding[] {
  const texts = sources.map(({ text }) => ` ${wordsOf(text).join(' ')} `);
  const unused = terms
    .filter(({ term }) => !texts.some((text) => text.includes(` ${term} `)))
    .map(({ term, line }) => ({ path: GLOSSARY, line, words: `the term "${term}" occurs nowhere in the code` }));
  const excess = terms
    .slice(MAX_TERMS)
    .map(({ term, line }) => ({ path: GLOSSARY, line, words: `"${term}" is term number ${MAX_TERMS + 1} or higher` }));
  return [...unused, ...excess];
}

/** Files and folders whose name has a word that is neither a standard technical word nor in the glossary; plurals included. */
export function unknownFileNames(
  paths: readonly string[],
  terms: readonly Term[],
  technicalWords: ReadonlySet<string>,
): readonly Finding[] {
  const known = new Set([...technicalWords, ...terms.flatMap(({ term }) => term.split(' '))]);
  const isKnown = (word: string) => known.has(word) || known.has(word.replace(/s$/, ''));
  const reported = new Set<string>();
  return paths.flatMap((path) =>
    namesOf(path).flatMap((name) =>
      wordsOf(posix.basename(name, posix.extname(name)))
        .filter((word) => word.length >= MIN_LENGTH && !isKnown(word) && !reported.has(`${name} ${word}`))
        .map((word) => {
          reported.add(`${name} ${word}`);
          return { path, line: 0, words: `"${word}" in ${name} is neither a technical word nor in the glossary` };
        }),
    ),
  );
}

/** The path and all its parent folders, shortest first. */
function namesOf(path: string): readonly string[] {
  const parent = posix.dirname(path);
  return parent === '.' ? [path] : [...namesOf(parent), path];
}
