/** `npm run check:docs`: what the documents name exists, and what they show parses. Prints each finding; status 1 if there is one. */
import manifest from '../../package.json' with { type: 'json' };
import type { CliRun } from '../../src/infrastructure/driving/cli/output.ts';
import { commandLineOf } from '../../src/infrastructure/driving/cli/run-command-line.ts';
import { unparsable, untypable } from './check-blocks.ts';
import { unknownCommands } from './check-commands.ts';
import { brokenLinks } from './check-links.ts';
import { missingFiles, missingScripts } from './check-names.ts';
import { missingRows } from './check-rows.ts';
import { documents, projectFiles } from './documents.ts';

const files = projectFiles();
const all = documents(files);
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
  ...unparsable(all),
  ...untypable(all),
];
for (const { path, line, words } of findings) console.error(`${path}:${line}: ${words}`);
console.log(`${all.length} documents, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
