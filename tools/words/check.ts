/** `npm run check:words`: no retired word (retired-words.json) in code, file names or prose, apart from exceptions.json. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../stack/settings.ts';
import { type RetiredWord, type WordException, WordFinder } from './find-words.ts';

const FOLDERS = [
  'src',
  'clients',
  'apps',
  'examples',
  'tools',
  'bench',
  'test',
  'docs',
  'README.md',
  'CONTRIBUTING.md',
];
const TEXT = /\.([cm]?[tj]s|lua|sql|css|html|md|yml|yaml|graphql|conf|sh)$/;
const OWN = 'tools/words/';
const MAX_EXCEPTIONS = 10;

const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');
const words = JSON.parse(read(`${OWN}retired-words.json`)) as RetiredWord[];
const exceptions = JSON.parse(read(`${OWN}exceptions.json`)) as WordException[];
const tracked = execFileSync('git', ['ls-files', '--', ...FOLDERS], { cwd: PROJECT, encoding: 'utf8' })
  .trim()
  .split('\n');
const files = tracked.filter((path) => TEXT.test(path) && !path.startsWith(OWN) && !path.endsWith('.generated.ts'));

const finder = new WordFinder(words, exceptions);
const findings = files.flatMap((path) => finder.find(path, read(path)));
for (const { path, line, place, word, use } of findings)
  console.error(`${path}:${line}: ${place}: "${word}" is retired: ${use}`);
if (exceptions.length > MAX_EXCEPTIONS)
  console.error(`${exceptions.length} exceptions; at most ${MAX_EXCEPTIONS} are allowed`);
console.log(
  `${files.length} files, ${words.length} retired words, ${findings.length} findings, ${exceptions.length} exceptions`,
);
process.exitCode = findings.length > 0 || files.length === 0 || exceptions.length > MAX_EXCEPTIONS ? 1 : 0;
