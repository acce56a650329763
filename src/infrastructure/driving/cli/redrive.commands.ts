import type { Command } from 'commander';
import { QueueError } from '../../../application/errors.ts';
import type { RedriveVerdict } from '../../../application/operations/redrive-dead-letters.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `dlt redrive` */
export function addRedrive(group: Command, run: CliRun): void {
  group
    .command('redrive [partition/offset...]')
    .description('say requests for entry again that can be read by now: they get the place of their receipt, once')
    .option('--all', 'every dead letter that can be')
    .option(...JSON_OPTION)
    .action(async (records: string[], options: { all?: boolean; json?: boolean }) => {
      const named = records.map(parsed);
      if ((options.all ?? false) === named.length > 0)
        throw new QueueError('INVALID_REQUEST', 'which records: partition/offset, as in 3/1042, or --all');
      const verdicts = await run.context.mending(async ({ redrive }) => {
        const done: RedriveVerdict[] = [];
        if (options.all) for await (const verdict of redrive.all()) done.push(verdict);
        for (const { partition, offset } of named) done.push(await redrive.one(partition, offset));
        return done;
      });
      // Among all of them some never can be: only what was asked for by name has to succeed.
      if (!options.all && verdicts.some(({ is }) => is === 'refused')) run.status = 1;
      show(
        run,
        options,
        verdicts,
        verdicts.length === 0 ? 'There are no dead letters.' : verdicts.map(formatText).join('\n'),
      );
    });
}

function parsed(record: string): { readonly partition: number; readonly offset: number } {
  const [, partition, offset] = /^(\d{1,5})\/(\d{1,15})$/.exec(record) ?? [];
  if (partition !== undefined && offset !== undefined) return { partition: Number(partition), offset: Number(offset) };
  throw new QueueError('INVALID_REQUEST', 'which records: partition/offset, as in 3/1042');
}

function formatText({ partition, offset, is, reason, receipt, concertId }: RedriveVerdict): string {
  const record = `${partition}/${offset}`;
  if (is === 'refused') return `${record}: refused: ${reason}`;
  if (is === 'redriven before') return `${record}: was redriven before, into ${concertId}`;
  return `${record}: said again at offset ${receipt?.offset}, for ${concertId}`;
}
