import type { Command } from 'commander';
import { QueueError } from '../../../application/errors.ts';
import type { EntryTimeline } from '../../../application/operations/entry-timelines.ts';
import { type SimulationReport, simulateConcert } from '../../../application/operations/simulate-concert.ts';
import type { WaitingTimes } from '../../../application/operations/waiting-times.ts';
import type { Policy } from '../../../domain/events.generated.ts';
import { rfc3339 } from './format.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { parseNumber, parsePosition } from './parse-position.ts';
import { duration, waitingTimeChart } from './waiting-time-chart.ts';

/** Of a policy, what may be another: who came, and when the queue opened, is as recorded. */
const CHANGEABLE = [
  'capacity',
  'admissionsPerMinute',
  'claimWindowSeconds',
  'activeWindowSeconds',
  'maximumWaiting',
  'outcomeRetentionSeconds',
] as const;

interface SimulateOptions {
  readonly concert: string;
  readonly policy: readonly string[];
  readonly seed: string;
  readonly until?: string;
  readonly svg?: string;
  readonly each?: boolean;
  readonly json?: boolean;
}

/** `events simulate` */
export function addSimulate(group: Command, run: CliRun): void {
  group
    .command('simulate')
    .description('fold the recorded requests under another policy, and tell who would have waited how long')
    .requiredOption('--concert <id>', 'whose queue')
    .option(
      '--policy <changes>',
      `as in capacity=200,admissionsPerMinute=600, or each by its own; of ${CHANGEABLE.join(', ')}`,
      (changes, before: readonly string[]) => [...before, ...changes.split(',')],
      [],
    )
    .option('--seed <n>', 'draws what the record does not tell; the same gives the same', '1')
    .option('--until <offset or time>', 'take the record only up to there, included')
    .option('--svg <file>', 'draw how long people waited by when they came')
    .option('--each', 'tell it of each entry')
    .option(...JSON_OPTION)
    .action(async (options: SimulateOptions) => {
      const concertId = run.context.concertId(options.concert);
      const changes = readChanges(options.policy);
      const seed = parseNumber('--seed', options.seed);
      const until = parsePosition(options.until, '--until');
      const report = await run.context.replay(({ ports }) => simulateConcert(ports, concertId, changes, seed, until));
      if (options.svg !== undefined) await run.context.writeLines(options.svg, [waitingTimeChart(report)]);
      show(run, options, jsonOf(report, options.each), formatText(report, options.each));
    });
}

function readChanges(asked: readonly string[]): Partial<Policy> {
  const changes: { -readonly [name in (typeof CHANGEABLE)[number]]?: Policy[name] } = {};
  for (const change of asked) {
    const [given = '', value = ''] = change.split('=').map((part) => part.trim());
    const name = CHANGEABLE.find((one) => one === given);
    if (!name) throw new QueueError('INVALID_REQUEST', `--policy: ${given} is none of ${CHANGEABLE.join(', ')}`);
    if (name === 'maximumWaiting' && value === 'none') changes.maximumWaiting = null;
    else changes[name] = parseNumber(`--policy ${name}`, value, 1);
  }
  return changes;
}

function jsonOf({ entries, ...report }: SimulationReport, each = false): object {
  const run = ({ lastCallAt, ...times }: WaitingTimes): object => ({
    ...times,
    ...(lastCallAt !== undefined && { lastCallAt: rfc3339(lastCallAt) }),
  });
  const entry = (visit: EntryTimeline | undefined): object | undefined =>
    visit && {
      state: visit.state,
      place: visit.place,
      ...(visit.calledAt !== undefined && {
        calledAt: rfc3339(visit.calledAt),
        waitedMs: visit.calledAt - visit.waitsFrom,
      }),
    };
  return {
    ...report,
    recorded: run(report.recorded),
    simulated: run(report.simulated),
    ...(each && {
      entries: entries.map(({ offset, recorded, simulated }) => ({
        userId: recorded?.userId ?? simulated?.userId,
        receipt: offset,
        recorded: entry(recorded),
        simulated: entry(simulated),
      })),
    }),
  };
}

function formatText({ recorded, simulated, entries }: SimulationReport, each = false): string {
  const row = (name: string, value: (times: WaitingTimes) => string): string[] => [
    name,
    value(recorded),
    value(simulated),
  ];
  const wait = (name: string, which: keyof NonNullable<WaitingTimes['waits']>): string[] =>
    row(name, ({ waits }) => (waits ? duration(waits[which] / 1_000) : '-'));
  const table = [
    ['', 'RECORDED', 'SIMULATED'],
    row('entries', (times) => `${times.entries}`),
    row('rejected', (times) => `${times.rejected}`),
    row('called', (times) => `${times.called}`),
    row('never called', (times) => `${times.neverCalled}`),
    row('completed', (times) => `${times.completed}`),
    row('expired', (times) => `${times.expired}`),
    wait('mean wait', 'mean'),
    wait('half waited at most', 'p50'),
    wait('90% at most', 'p90'),
    wait('95% at most', 'p95'),
    wait('99% at most', 'p99'),
    wait('longest wait', 'max'),
    row('last call', ({ lastCallAt }) => (lastCallAt === undefined ? '-' : rfc3339(lastCallAt))),
  ];
  if (!each) return formatTable(table);
  const told = (visit: EntryTimeline | undefined): string =>
    visit?.calledAt === undefined ? (visit?.state ?? '-') : duration((visit.calledAt - visit.waitsFrom) / 1_000);
  const rows = entries.map((entry) => {
    const { offset, recorded: before, simulated: after } = entry;
    return [`${offset}`, before?.userId ?? after?.userId ?? '', told(before), told(after)];
  });
  return [formatTable(table), '', formatTable([['RECEIPT', 'USER', 'RECORDED', 'SIMULATED'], ...rows])].join('\n');
}
