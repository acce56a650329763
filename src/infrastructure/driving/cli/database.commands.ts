import type { Command } from 'commander';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `database migrate` */
export function addDatabase(program: Command, run: CliRun): void {
  const database = program.command('database').description('the PostgreSQL schema concert_queue');
  database
    .command('migrate')
    .description('apply missing migrations: the users table, the outbox table and its function')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const migrated = await run.context.migrateDatabase();
      const lines = migrated.map((name) => `ran ${name}`);
      show(run, options, { migrated }, lines.length > 0 ? lines.join('\n') : 'The schema is up to date.');
    });
}
