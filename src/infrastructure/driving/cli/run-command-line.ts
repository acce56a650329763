import { Command, CommanderError } from 'commander';
import { FatalError, QueueError } from '../../../application/errors.ts';
import { addAudit } from './audit.commands.ts';
import type { CliContext } from './cli-context.ts';
import { addDatabase } from './database.commands.ts';
import { addDeadLetters } from './dead-letters.commands.ts';
import { addEvents } from './events.commands.ts';
import type { CliOutput } from './output.ts';
import { addProjections } from './projections.commands.ts';
import { addQueue } from './queue.commands.ts';
import { addRebuild } from './rebuild.commands.ts';
import { addRedrive } from './redrive.commands.ts';
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
  addRebuild,
  addEvents,
  addAudit,
  addDeadLetters,
  addRedrive,
  addDatabase,
  addRelay,
  addSettings,
  addStack,
];
const WRONG_USAGE = 2;

/**
 * Runs one command line, without the program's own name.
 *
 * @returns the exit status: 0 when it did what was asked, 1 when not, 2 when it was not understood
 * @throws what nobody foresaw
 */
export async function runCommandLine(args: readonly string[], services: CliContext): Promise<number> {
  const outcome = { status: 0 };
  const program = commandLineOf({ services, outcome });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome.status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    if (!(error instanceof QueueError || error instanceof FatalError)) throw error;
    services.warn(`concert-queue: ${error instanceof QueueError ? `${error.code}: ` : ''}${error.message}`);
    return 1;
  }
}

/** Every command and its options; the services are asked for nothing before a command runs. */
export function commandLineOf(door: CliOutput): Command {
  const program = new Command('concert-queue')
    .description('Operates the waiting rooms of concert-queue. Settings come from the environment, as for the server.')
    .helpOption('-h, --help', 'tell what a command does and takes')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => door.services.print(text.trimEnd()),
      writeErr: (text) => door.services.warn(text.trimEnd().replace(/^error: /, 'concert-queue: ')),
    });
  for (const add of GROUPS) add(program, door);
  return program;
}
