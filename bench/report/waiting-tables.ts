import type { Reads } from '../sections/reads.ts';
import type { WaitingResult } from '../sections/waiting.ts';
import type { Figures } from '../support/figures.ts';
import { ENTRY_HEAD, entryCells } from './entry-table-cells.ts';
import { EXTRAPOLATED_USERS, extrapolationTable } from './extrapolation.ts';
import { cpuCells, table, tenths, whole } from './table.ts';

export function waitingTables(found: WaitingResult): string {
  return [
    growthTable(found),
    found.reads && readsTable(found.reads),
    restartTable(found),
    extrapolationTable(found, EXTRAPOLATED_USERS),
  ]
    .filter((one) => one !== undefined)
    .join('\n\n');
}

function growthTable({ sizes }: WaitingResult): string {
  return table(
    ['waiting', ...ENTRY_HEAD, 'polls/s', 'poll p50 ms', 'poll p99 ms', 'Redis B/user'],
    sizes.map(({ waiting, entries, polls, redisBytes }) => [
      whole(waiting),
      ...entryCells(entries),
      whole(polls.grantedPerSecond),
      tenths(polls.p50),
      tenths(polls.p99),
      whole(redisBytes),
    ]),
  );
}

function readsTable(reads: Reads): string {
  const read = (name: string, figures: Figures, sustained?: number): string[] => [
    name,
    whole(figures.grantedPerSecond),
    tenths(figures.p50),
    tenths(figures.p99),
    ...cpuCells(figures),
    whole(sustained),
  ];
  return table(
    [
      'read',
      '/s, 64 connections',
      'p50 ms',
      'p99 ms',
      'API µs',
      'broker µs',
      'projector µs',
      'Redis µs',
      '/s at p99 <= 10 ms',
    ],
    [
      read('own entry', reads.polls, reads.pollsSustained),
      read('own entry, no-op, Fastify', reads.limitPolls, reads.limitPollsSustained),
      read('queue document', reads.documents),
      read('queue document, 304', reads.documentsNotModified),
    ],
  );
}

function restartTable({ start, rebuild, cold }: WaitingResult): string {
  const seconds = (of: number): string => `${of.toFixed(1)} s`;
  return table(
    ['restart and rebuild', ''],
    [
      ...(start
        ? [
            ['start of a projector until live, empty queue', seconds(start.emptySeconds)],
            [`start with ${whole(start.waiting)} waiting`, seconds(start.seconds)],
            ['resident memory per waiting user after that start', `${whole(start.projectorBytes)} B`],
          ]
        : []),
      ...(cold
        ? [
            [`start with an empty Redis, ${whole(cold.events)} events folded and written`, seconds(cold.seconds)],
            ['rate of that, without the start of an empty projector', `${whole(cold.eventsPerSecond)} events/s`],
          ]
        : []),
      ...(rebuild
        ? [
            [
              '`projections rebuild` beside the live projection',
              `${seconds(rebuild.seconds)}, ${whole(rebuild.eventsPerSecond)} events/s folded`,
            ],
          ]
        : []),
    ],
  );
}
