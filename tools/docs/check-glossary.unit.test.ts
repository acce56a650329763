import { describe, expect, test } from '@jest/globals';
import { decisionFindings } from './check-decisions.ts';
import { glossaryFindings, MAX_TERMS, termsOf, unknownFileNames } from './check-glossary.ts';
import { parseDocument } from './documents.ts';

const glossary = (...terms: string[]) =>
  termsOf(
    parseDocument(
      'docs/glossary.md',
      ['| term | meaning |', '|---|---|', ...terms.map((term) => `| ${term} | It is. |`)].join('\n'),
    ),
  );
const source = (text: string) => [{ path: 'src/a.ts', text }];

describe('the glossary', () => {
  test.each(['const viewHead = 1;', 'class ViewHead {}', 'const VIEW_HEAD = 1;', '// the view head', "'view-head'"])(
    'finds a term in %s',
    (text) => expect(glossaryFindings(glossary('view head'), source(text))).toEqual([]),
  );

  test('reports a term that occurs nowhere', () => {
    expect(glossaryFindings(glossary('view head', 'place'), source('view.head; replace()'))).toEqual([
      { path: 'docs/glossary.md', line: 4, words: 'the term "place" occurs nowhere in the code' },
    ]);
  });

  test('reports terms above the limit', () => {
    const terms = glossary(...Array.from({ length: MAX_TERMS + 1 }, () => 'place'));
    expect(glossaryFindings(terms, source('place'))).toHaveLength(1);
  });
});

describe('a file name', () => {
  const check = (...paths: string[]) =>
    unknownFileNames(paths, glossary('view head'), new Set(['read', 'test', 'unit', 'src'])).map(({ words }) => words);

  test('is accepted with technical words and words of the glossary', () => {
    expect(check('src/read-view.unit.test.ts', 'src/ReadHeads.ts')).toEqual([]);
  });

  test('is reported with any other word', () => {
    expect(check('src/read-lane.ts')).toEqual([
      '"lane" in src/read-lane.ts is neither a technical word nor in the glossary',
    ]);
  });

  test('includes its folders, each reported once', () => {
    expect(check('src/lane/read.ts', 'src/lane/view.ts')).toEqual([
      '"lane" in src/lane is neither a technical word nor in the glossary',
    ]);
  });
});

describe('decision records', () => {
  const record = (number: number, text: string) => parseDocument(`docs/adr/000${number}-a-title.md`, text);
  const good = (number: number) => record(number, `# ${number}. A title\n\nStatus: accepted, 2026-11-22.`);
  const words = (...records: Parameters<typeof decisionFindings>[0]) =>
    decisionFindings(records).map((finding) => finding.words);

  test('are accepted in order with a status', () => {
    const superseded = record(2, '# 2. A title\n\nStatus: superseded by 3.');
    expect(words(good(1), superseded, good(3), parseDocument('docs/adr/README.md', '# Records'))).toEqual([]);
  });

  test('are reported with a gap, another number, no status, or too many words', () => {
    expect(words(good(1), good(3))).toEqual(['the number should be 2']);
    expect(words(record(1, '# 2. A title\n\nStatus: accepted'))).toEqual(['the title should begin with 1']);
    expect(words(record(1, '# 1. A title'))).toEqual(['there is no status']);
    expect(words(record(1, `# 1. A title\n\nStatus: accepted\n\n${'word '.repeat(500)}`))).toHaveLength(1);
  });
});
