import type { Command } from 'commander';
import { QueueError } from '../../../application/errors.ts';
import type { RedriveVerdict } from '../../../application/operations/redrive-dead-letters.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { parseRecord } from './parse-position.ts';

/** `dlt redrive` */
export function addRedrive(group: Command, run: CliRun): void {
  group
    .command('redrive [partition/offset...]')
    .description(
      'append requests for entry that can be read now again, at most once, if their receipts are not older than outcomeRetentionSeconds; each gets the place of its receipt',
    )
    .option('--all', 'redrive every dead letter that can be redriven')
    .option(...JSON_OPTION)
    .action(async (records: string[], options: { all?: boolean; json?: boolean }) => {
      const named = records.map(parseRecord);
      if ((options.all ?? false) === named.length > 0)
        throw new QueueError(
          'INVALID_REQUEST',
          'Records must be given as partition/offset, for example 3/1042, or with --all.',
        );
      const verdicts = await run.context.withMaintenance(({ redrive }) =>
        options.all ? redrive.all() : redrive.these(named),
      );
      // With --all, records that cannot be redriven are expected. Records given by position must succeed.
      const refused = options.all ? [] : verdicts.filter(({ is }) => is === 'refused' || is === 'no effect');
      if (refused.length > 0) run.status = 1;
      if (!options.json) for (const verdict of refused) run.context.warn(formatText(verdict));
      const others = verdicts.filter((verdict) => !refused.includes(verdict));
      const text = verdicts.length === 0 ? 'There are no dead letters.' : others.map(formatText).join('\n');
      if (options.json || text !== '') show(run, options, verdicts, text);
    });
}

function formatText({ partition, offset, is, concertId, ...verdict }: RedriveVerdict): string {
  const record = `${partition}/${offset}`;
  if (is === 'refused') return `${record}: refused: ${verdict.reason}`;
  if (is === 'redriven before') return `${record}: already redriven, for ${concertId}`;
  const appended = `appended at offset ${verdict.receipt?.offset}, for ${concertId}`;
  if (is === 'no effect') return `${record}: no effect: ${verdict.reason} (${appended})`;
  const { state, rejectedBecause } = verdict;
  if (state === undefined) return `${record}: ${appended}, not projected yet`;
  return `${record}: ${appended}: ${state}${rejectedBecause ? ` (${rejectedBecause})` : ''}`;
}
