import type { Command } from 'commander';
import { type CliRun, JSON_OPTION } from './output.ts';

const COMMANDS = {
  up: 'start Kafka, a schema registry, Redis and PostgreSQL on this machine and wait until they are healthy',
  down: 'stop the servers that up started; the data is kept',
  status: 'print the health of each server; exit status 1 unless all are healthy',
  env: 'print the settings of the running stack as NAME=value lines',
} as const;

/** `stack up`, `stack down`, `stack status`, `stack env`: run the stack tool of the source tree. */
export function addStack(program: Command, run: CliRun): void {
  const stack = program.command('stack').description('development servers on this machine (docs/local-stack.md)');
  for (const [name, description] of Object.entries(COMMANDS)) {
    const command = stack
      .command(name)
      .description(description)
      .option(...JSON_OPTION);
    if (name === 'up') command.option('--native', 'run the servers as processes even if Docker is available');
    command.action(async ({ json, native }: { json?: boolean; native?: boolean }) => {
      run.status = await run.context.stack([name, ...(json ? ['--json'] : []), ...(native ? ['--native'] : [])]);
    });
  }
}
