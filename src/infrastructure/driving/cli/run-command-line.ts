import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { FatalError, QueueError } from '../../../application/errors.ts';
import { addAudit } from './audit.commands.ts';
import type { CliContext } from './cli-context.ts';
import { addDatabase } from './database.commands.ts';
import { addDeadLetters } from './dead-letters.commands.ts';
import { addEvents } from './events.commands.ts';
import { addLog } from './log.commands.ts';
import type { CliRun } from './output.ts';
import { addProjections } from './projections.commands.ts';
import { addQueue } from './queue.commands.ts';
import { addRelay } from './relay.commands.ts';
import { addSchemas } from './schemas.commands.ts';
import { addSettings } from './settings.commands.ts';
import { addStack } from './stack.commands.ts';
import { addTopics } from './topics.commands.ts';

const GROUPS = [
  addTopics,
  addSchemas,
  addQueue,
  addProjections,
  addEvents,
  addAudit,
  addDeadLetters,
  addLog,
  addDatabase,
  addRelay,
  addSettings,
  addStack,
];
const WRONG_USAGE = 2;

/**
 * Runs one command line. `args` excludes the name of the program.
 *
 * @returns the exit status: 0 for success, 1 for failure, 2 for a command line that cannot be parsed
 * @throws unexpected errors
 */
export async function runCommandLine(args: readonly string[], context: CliContext): Promise<number> {
  const run = { context, status: 0 };
  const program = commandLineOf(run);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return run.status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    if (!(error instanceof QueueError || error instanceof FatalError)) throw error;
    context.warn(`concert-queue: ${error instanceof QueueError ? `${error.code}: ` : ''}${error.message}`);
    return 1;
  }
}

/** Every command and its options. The context is not used before a command runs. */
export function commandLineOf(run: CliRun): Command {
  const program = new Command('concert-queue')
    .version(versionOf(), '--version', 'print the version')
    .description('Operates the waiting rooms of concert-queue. Settings come from the environment, as for the server.')
    .helpOption('-h, --help', 'print the description and the options of a command')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => run.context.print(text.trimEnd()),
      writeErr: (text) => run.context.warn(text.trimEnd().replace(/^error: /, 'concert-queue: ')),
    });
  for (const add of GROUPS) add(program, run);
  refuseRepeatedOptions(program);
  return program;
}

/** The version of the package. src/ and dist/ are at the same depth. */
function versionOf(): string {
  const text = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** commander would use the last value: `--concert c1 --concert c2` would change c2 alone. An option that collects its values has a parser. */
function refuseRepeatedOptions(command: Command): void {
  for (const option of command.options.filter(({ parseArg }) => parseArg === undefined)) {
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) command.error(`error: option '${option.flags}' can be given only once`);
      isGiven = true;
    });
  }
  command.commands.forEach(refuseRepeatedOptions);
}
