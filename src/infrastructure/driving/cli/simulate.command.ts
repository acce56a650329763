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

/** Fields of the policy that a simulation can change. Requests and the opening time stay as recorded. */
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
    .description('fold the recorded requests under another policy and compare the waiting times')
    .requiredOption('--concert <id>', 'id of the concert')
    .option(
      '--policy <changes>',
      `for example capacity=200,admissionsPerMinute=600; repeatable; fields: ${CHANGEABLE.join(', ')}`,
      (changes, before: readonly string[]) => [...before, ...changes.split(',')],
      [],
    )
    .option('--seed <n>', 'seed of the random choices that the log does not determine', '1')
    .option('--until <offset or time>', 'read the log up to and including this offset or time')
    .option('--svg <file>', 'write a chart of waiting time by time of request')
    .option('--each', 'print the waiting time of each entry')
    .option(...JSON_OPTION)
    .action(async (options: SimulateOptions) => {
      const concertId = run.context.concertId(options.concert);
      const changes = parseChanges(options.policy);
      const seed = parseNumber('--seed', options.seed);
      const until = parsePosition(options.until, '--until');
      const report = await run.context.withOperations(({ ports }) =>
        simulateConcert(ports, concertId, changes, seed, until),
      );
      if (options.svg !== undefined) await run.context.writeLines(options.svg, [waitingTimeChart(report)]);
      show(run, options, jsonOf(report, options.each), formatText(report, options.each));
    });
}

function parseChanges(options: readonly string[]): Partial<Policy> {
  const changes: { -readonly [name in (typeof CHANGEABLE)[number]]?: Policy[name] } = {};
  for (const change of options) {
    const [given = '', value = ''] = change.split('=').map((part) => part.trim());
    const name = CHANGEABLE.find((field) => field === given);
    if (!name) throw new QueueError('INVALID_REQUEST', `--policy: ${given} is not one of ${CHANGEABLE.join(', ')}`);
    if (name === 'maximumWaiting' && value === 'none') changes.maximumWaiting = null;
    else changes[name] = parseNumber(`--policy ${name}`, value, 1);
  }
  return changes;
}

function jsonOf({ entries, ...report }: SimulationReport, each = false): object {
  const timesJson = ({ lastCallAt, ...times }: WaitingTimes): object => ({
    ...times,
    ...(lastCallAt !== undefined && { lastCallAt: rfc3339(lastCallAt) }),
  });
  const entryJson = (timeline: EntryTimeline | undefined): object | undefined =>
    timeline && {
      state: timeline.state,
      place: timeline.place,
      ...(timeline.calledAt !== undefined && {
        calledAt: rfc3339(timeline.calledAt),
        waitedMs: timeline.calledAt - timeline.waitsFrom,
      }),
    };
  return {
    ...report,
    recorded: timesJson(report.recorded),
    simulated: timesJson(report.simulated),
    ...(each && {
      entries: entries.map(({ offset, recorded, simulated }) => ({
        userId: recorded?.userId ?? simulated?.userId,
        receipt: offset,
        recorded: entryJson(recorded),
        simulated: entryJson(simulated),
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
    wait('median wait', 'p50'),
    wait('p90 wait', 'p90'),
    wait('p95 wait', 'p95'),
    wait('p99 wait', 'p99'),
    wait('longest wait', 'max'),
    row('last call', ({ lastCallAt }) => (lastCallAt === undefined ? '-' : rfc3339(lastCallAt))),
  ];
  if (!each) return formatTable(table);
  const result = (timeline: EntryTimeline | undefined): string =>
    timeline?.calledAt === undefined
      ? (timeline?.state ?? '-')
      : duration((timeline.calledAt - timeline.waitsFrom) / 1_000);
  const rows = entries.map((entry) => {
    const userId = entry.recorded?.userId ?? entry.simulated?.userId ?? '';
    return [`${entry.offset}`, userId, result(entry.recorded), result(entry.simulated)];
  });
  return [formatTable(table), '', formatTable([['RECEIPT', 'USER', 'RECORDED', 'SIMULATED'], ...rows])].join('\n');
}
