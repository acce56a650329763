import { Command, CommanderError } from 'commander';
import { FatalError, QueueError } from '../../../application/errors.ts';
import { addAudit } from './audit.commands.ts';
import type { CliContext } from './cli-context.ts';
import { addDatabase } from './database.commands.ts';
import { addDeadLetters } from './dead-letters.commands.ts';
import { addEvents } from './events.commands.ts';
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
    .description('Operates the waiting rooms of concert-queue. Settings come from the environment, as for the server.')
    .helpOption('-h, --help', 'print the description and the options of a command')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => run.context.print(text.trimEnd()),
      writeErr: (text) => run.context.warn(text.trimEnd().replace(/^error: /, 'concert-queue: ')),
    });
  for (const add of GROUPS) add(program, run);
  return program;
}
