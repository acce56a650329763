import type { Command } from 'commander';
import type { Finding, PartitionVerdict } from '../../../application/operations/verify-projections.ts';
import type { PartitionStatus } from '../../../application/queries/projections-status.ts';
import { counted, rfc3339 } from './format.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { addRebuild } from './rebuild.commands.ts';

/** `projections verify`, `projections status`, `projections rebuild` */
export function addProjections(program: Command, run: CliRun): void {
  const projections = program.command('projections').description('the views of the queues, projected from the log');
  projections
    .command('verify')
    .description(
      'compare the live views with a new fold of the log; exit status 1 if one differs; safe on a running system',
    )
    .option('--concert <id>', 'only the view of this concert')
    .option(...JSON_OPTION)
    .action(async (options: { concert?: string; json?: boolean }) => {
      const concertId = options.concert === undefined ? undefined : run.context.concertId(options.concert);
      const verdicts: PartitionVerdict[] = [];
      await run.context.withOperations(async (tools) => {
        for await (const verdict of (await tools.verify()).run(concertId)) {
          verdicts.push(verdict);
          if (!options.json) run.context.print(formatText(verdict));
        }
      });
      const agrees = verdicts.every(({ findings }) => findings.length === 0);
      if (!agrees) run.status = 1;
      const concerts = verdicts.reduce((sum, verdict) => sum + verdict.concerts, 0);
      const all = concerts === 1 ? 'The one view agrees' : `All ${concerts} views agree`;
      const result = agrees ? `${all} with the log.` : 'The views do not agree with the log.';
      show(run, options, { agrees, partitions: verdicts }, result);
    });
  projections
    .command('status')
    .description('print owner, position and lag of each partition')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const status = await run.context.withOperations(async (tools) => (await tools.status()).look());
      show(run, options, status.map(jsonOf), formatTable([HEADINGS, ...status.map(cells)]));
    });
  addRebuild(projections, run);
}

function formatText({ partition, foldedTo, concerts, entries, findings }: PartitionVerdict): string {
  const summary = `partition ${partition}: folded up to offset ${foldedTo}, ${counted(concerts, 'view')} with ${entries === 1 ? '1 entry' : `${entries} entries`}`;
  const agreement = concerts === 1 ? ': agrees' : ': agree';
  return [`${summary}${findings.length === 0 ? agreement : ''}`, ...findings.map(formatFinding)].join('\n');
}

function formatFinding(finding: Finding): string {
  switch (finding.kind) {
    case 'difference': {
      const { concertId, offset, difference } = finding;
      const side = (value: unknown): string => JSON.stringify(value) ?? '(nothing)';
      return [
        `  ${concertId} differs at offset ${offset} in ${difference?.field}`,
        `    stored: ${side(difference?.stored)}`,
        `    folded: ${side(difference?.folded)}`,
      ].join('\n');
    }
    case 'unknown':
      return `  ${finding.concertId} was never configured`;
    case 'record':
      return `  ${finding.message}`;
    case 'skipped':
      return `  offset ${finding.offset} was skipped without a dead letter: ${finding.message}`;
  }
}

const HEADINGS = [
  'PARTITION',
  'STATE',
  'PROJECTED',
  'LOG END',
  'LAG',
  'LAG S',
  'EVENTS/S',
  'CONCERTS',
  'DEAD',
  'OWNER',
  '',
];

function cells(status: PartitionStatus): string[] {
  const { partition, state, projectedOffset, logEnd, lagEvents, lagSeconds, eventsPerSecond } = status;
  const { concerts, deadLetters, owner, reason } = status;
  const numbers = [projectedOffset, logEnd, lagEvents, lagSeconds, eventsPerSecond, concerts, deadLetters];
  return [`${partition}`, state, ...numbers.map(String), owner ?? '-', reason ?? ''];
}

function jsonOf({ writtenAt, ...status }: PartitionStatus): object {
  return { ...status, ...(writtenAt !== undefined && { writtenAt: rfc3339(writtenAt) }) };
}
