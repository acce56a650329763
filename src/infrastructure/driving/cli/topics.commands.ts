import type { Command } from 'commander';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `topics create` */
export function addTopics(program: Command, run: CliRun): void {
  const topics = program.command('topics').description('the Kafka topics that hold the events');
  topics
    .command('create')
    .description('create the event topic and the one for dead letters where they are missing, and check both')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const { created, present } = await run.context.ensureTopics();
      const words = [...created.map((topic) => `created ${topic}`), ...present.map((topic) => `${topic} was there`)];
      show(run, options, { created, present }, words.join('\n'));
    });
}
