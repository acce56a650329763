import type { Command } from 'commander';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `database migrate` */
export function addDatabase(program: Command, run: CliRun): void {
  const database = program.command('database').description('the schema concert_queue in PostgreSQL');
  database
    .command('migrate')
    .description('bring the schema up to date: the table of users, the outbox and its function')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const migrated = await run.context.migrateDatabase();
      const words = migrated.map((name) => `ran ${name}`);
      show(run, options, { migrated }, words.length > 0 ? words.join('\n') : 'The schema is up to date.');
    });
}
