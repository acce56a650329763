import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { unparsable } from './check-blocks.ts';
import { unknownCommands } from './check-commands.ts';
import { brokenLinks } from './check-links.ts';
import { missingFiles, missingScripts } from './check-names.ts';
import { missingRows } from './check-rows.ts';
import { type Finding, parseDocument } from './documents.ts';

const FILES = ['README.md', 'docs/cli.md', 'src/domain/entries.ts'];
const cli = parseDocument(
  'docs/cli.md',
  '# The command line\n\n## settings check\n\n## `dlt`\n\n## Twice\n\n## Twice\n',
);
const readme = (text: string) => [parseDocument('README.md', text), cli];
const words = (findings: readonly Finding[]) => findings.map((finding) => finding.words);

describe('a link', () => {
  test.each([
    '[it](docs/cli.md)',
    '[a folder](src/domain)',
    '[a heading](docs/cli.md#settings-check)',
    '[code](docs/cli.md#dlt)',
    '[the second](docs/cli.md#twice-1)',
    '[elsewhere](https://example.com/x)',
    '```\n[not a link](nowhere.md)\n```',
  ])('is accepted if its target exists: %s', (text) => {
    expect(brokenLinks(readme(text), FILES)).toEqual([]);
  });
  test.each([
    ['[gone](docs/gone.md)', 'there is no docs/gone.md'],
    ['[gone](docs/cli.md#gone)', 'docs/cli.md has no heading #gone'],
    ['[gone](#gone)', 'README.md has no heading #gone'],
    ['[above](../README.md)', 'there is no ../README.md'],
  ])('is reported if its target is missing: %s', (text, expected) => {
    expect(brokenLinks(readme(`first line\n\n${text}`), FILES)).toEqual([
      { path: 'README.md', line: 3, words: expected },
    ]);
  });
});

test('reports a named file that does not exist, and accepts the end of a path', () => {
  const text = '`src/domain/entries.ts` `domain/entries.ts` `src/domain/` `src/domain/gone.ts` `redis/gone.lua` `a/b`';
  expect(words(missingFiles(readme(text), FILES))).toEqual([
    'there is no file src/domain/gone.ts',
    'there is no file redis/gone.lua',
  ]);
});

test('reports a script that package.json does not have, in prose and in blocks', () => {
  const text = '`npm run -s cli` `npm run gone`\n\n    npm run indented\n\n```sh\nnpm run fenced\n```\n`npm run -s`';
  const scripts = { cli: 'node cli' };
  expect(words(missingScripts(readme(text), scripts))).toEqual(
    ['gone', 'indented', 'fenced'].map((name) => `package.json has no script ${name}`),
  );
});

describe('a command', () => {
  const program = new Command('concert-queue');
  program.command('queue').command('show').option('--concert <id>').option('--json');

  test.each([
    '`concert-queue queue show --concert seoul --json`',
    '`npm run -s cli -- queue show --concert=seoul`',
    '```sh\nnpm run cli -- queue \\\n  show | jq .\n```',
    '`concert-queue <command>`',
    '`queue.entry`',
  ])('is accepted if it exists: %s', (text) => {
    expect(unknownCommands(readme(text), program)).toEqual([]);
  });
  test.each([
    ['`concert-queue queue gone`', 'concert-queue queue has no command gone'],
    ['`npm run cli -- gone`', 'concert-queue has no command gone'],
    ['```sh\nnpm run -s cli -- queue show --gone 7\n```', 'concert-queue queue show has no option --gone'],
  ])('is reported if it does not exist: %s', (text, expected) => {
    expect(words(unknownCommands(readme(text), program))).toEqual([expected]);
  });
});

test('reports a row that the sizing names and the benchmark does not have', () => {
  const sizing = parseDocument(
    'docs/operations.md',
    '| to know | reckon |\n|---|---|\n| cores | n × *CPU* |\n| log | *gone*, **2** |',
  );
  const figures = parseDocument('docs/benchmarks.md', '| figure | measured |\n|---|---|\n| CPU | 20 |');
  expect(missingRows([sizing, figures])).toEqual([
    { path: 'docs/operations.md', line: 4, words: 'docs/benchmarks.md has no row gone' },
  ]);
});

test('reports JSON and YAML that do not parse', () => {
  const text = '```json\n{"a":1}\n```\n```json\n{"a":…}\n```\n```yaml\na: [1\n```\n```yaml\na: 1\n```';
  expect(unparsable(readme(text)).map(({ line }) => line)).toEqual([4, 7]);
});
