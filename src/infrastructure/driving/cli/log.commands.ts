import type { Command } from 'commander';
import { counted, rfc3339 } from './format.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { parseNumber } from './parse-position.ts';

interface CorrectTimeOptions {
  readonly partition: string;
  readonly offset: string;
  readonly through?: string;
  readonly json?: boolean;
}

/** `log correct-time` */
export function addLog(program: Command, run: CliRun): void {
  const group = program.command('log').description('decisions about records of the log');
  group
    .command('correct-time')
    .description(
      'give records whose timestamps run ahead the log time of the record before them; their queues are rebuilt',
    )
    .requiredOption('--partition <n>', 'partition of the records')
    .requiredOption('--offset <n>', 'offset of the first record')
    .option('--through <n>', 'offset of the last record; default: only the first')
    .option(...JSON_OPTION)
    .action(async (options: CorrectTimeOptions) => {
      const partition = parseNumber('--partition', options.partition);
      const offset = parseNumber('--offset', options.offset);
      const through = options.through === undefined ? offset : parseNumber('--through', options.through);
      const result = await run.context.withMaintenance(({ correctTimes }) =>
        correctTimes.run(partition, offset, through),
      );
      const { time, corrected, unchanged } = result;
      const json = {
        partition,
        logTime: rfc3339(time),
        corrected: corrected.map(({ offset: each, timestamp }) => ({ offset: each, stampedAt: rfc3339(timestamp) })),
        unchanged,
      };
      const text =
        `${counted(corrected.length, 'record')} of partition ${partition} now ${corrected.length === 1 ? 'takes' : 'take'} ` +
        `the log time ${rfc3339(time)}, ${unchanged} unchanged. The owner of the partition rebuilds their queues within seconds.`;
      show(run, options, json, text);
    });
}
