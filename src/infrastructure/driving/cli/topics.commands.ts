import type { Command } from 'commander';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `topics create` */
export function addTopics(program: Command, run: CliRun): void {
  const topics = program.command('topics').description('the Kafka topics of the events');
  topics
    .command('create')
    .description(
      'create the topics of the events, the dead letters and the schema ids if missing, and check their settings',
    )
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const { created, present } = await run.context.ensureTopics();
      const lines = [
        ...created.map((topic) => `created ${topic}`),
        ...present.map((topic) => `${topic} already exists`),
      ];
      show(run, options, { created, present }, lines.join('\n'));
    });
}
