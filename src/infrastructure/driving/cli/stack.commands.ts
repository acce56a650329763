import type { Command } from 'commander';
import { type CliRun, JSON_OPTION } from './output.ts';

const COMMANDS = {
  up: 'start Kafka, a schema registry, Redis and PostgreSQL on this machine, and wait until each answers',
  down: 'end what up started; the data stays',
  status: 'tell of each whether it answers; status 1 unless all do',
  env: 'print the settings of the running stack as NAME=value lines',
} as const;

/** `stack up`, `stack down`, `stack status`, `stack env`: handed on to the tool of the source tree. */
export function addStack(program: Command, run: CliRun): void {
  const stack = program
    .command('stack')
    .description('the servers for development, on this machine (docs/local-stack.md)');
  for (const [name, description] of Object.entries(COMMANDS)) {
    const command = stack
      .command(name)
      .description(description)
      .option(...JSON_OPTION);
    if (name === 'up') command.option('--native', 'processes of this machine even where a Docker engine answers');
    command.action(async ({ json, native }: { json?: boolean; native?: boolean }) => {
      run.status = await run.context.stack([name, ...(json ? ['--json'] : []), ...(native ? ['--native'] : [])]);
    });
  }
}
