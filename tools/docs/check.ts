/** `npm run check:docs`: the documents agree with the code, and their examples parse. Prints each finding; status 1 if any. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { CliRun } from '../../src/infrastructure/driving/cli/output.ts';
import { commandLineOf } from '../../src/infrastructure/driving/cli/run-command-line.ts';
import { unparsable, untypable } from './check-blocks.ts';
import { unknownCommands } from './check-commands.ts';
import { decisionFindings } from './check-decisions.ts';
import { GLOSSARY, glossaryFindings, termsOf, unknownFileNames } from './check-glossary.ts';
import { brokenLinks } from './check-links.ts';
import { missingFiles, missingScripts } from './check-names.ts';
import { missingRows } from './check-rows.ts';
import { documents, PROJECT, projectFiles } from './documents.ts';

const CODE = /^(?:src|apps|clients|examples|tools|bench|test)\//;
const SOURCE = /\.(?:ts|mjs|lua|sql)$/;

const files = projectFiles();
const all = documents(files);
const code = files.filter((path) => CODE.test(path));
const terms = all.filter(({ path }) => path === GLOSSARY).flatMap(termsOf);
const sources = code
  .filter((path) => SOURCE.test(path))
  .map((path) => ({ path, text: readFileSync(join(PROJECT, path), 'utf8') }));
const technicalWords = readFileSync(join(import.meta.dirname, 'technical-words.txt'), 'utf8').split('\n');
/** The check reads the names and options of the commands and runs none. */
const run: CliRun = {
  get context(): never {
    throw new Error('a command was run');
  },
  status: 0,
};
const findings = [
  ...brokenLinks(all, files),
  ...missingFiles(all, files),
  ...missingScripts(all, manifest.scripts),
  ...missingRows(all),
  ...unknownCommands(all, commandLineOf(run)),
  ...decisionFindings(all),
  ...glossaryFindings(terms, sources),
  ...unknownFileNames(code, terms, new Set(technicalWords)),
  ...unparsable(all),
  ...untypable(all),
];
for (const { path, line, words } of findings) console.error(`${path}:${line}: ${words}`);
console.log(`${all.length} documents, ${terms.length} glossary terms, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
