/** Writes the tables of docs/benchmarks.md, between their marks, and the charts beside it, from the results that are kept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOUNDS_MS, type RateResult } from '../sections/rates.ts';
import type { Figures } from '../support/figures.ts';
import { barChart, lineChart } from './chart.ts';
import { type Circumstances, DOCUMENTS, type Results, readResults } from './results.ts';
import { cpuCells, percent, table, tenths, whole } from './table.ts';
import { targetsTable } from './targets.ts';

const DOCUMENT = join(DOCUMENTS, '..', 'benchmarks.md');
const [BOUND] = BOUNDS_MS;
const SHARES = [25, 50, 75, 100];

export function writeReport(results: Results = readResults()): void {
  const document = Object.entries(partsOf(results)).reduce(
    (text, [name, part]) => replaced(text, name, part),
    readFileSync(DOCUMENT, 'utf8'),
  );
  writeFileSync(DOCUMENT, document);
  for (const [name, svg] of Object.entries(chartsOf(results))) writeFileSync(join(DOCUMENTS, `${name}.svg`), svg);
}

/** @throws Error where the document has no such marks */
export function replaced(document: string, name: string, part: string): string {
  const [begin, end] = [`<!-- results: ${name} -->`, '<!-- end -->'];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/benchmarks.md has no place for ${name}.`);
  return `${document.slice(0, from + begin.length)}\n${part}\n${document.slice(to)}`;
}

function partsOf(results: Results): Record<string, string> {
  const { rates, overload, concerts, waiting, fold } = results;
  return {
    targets: targetsTable(results),
    ...(rates && { rates: told(rates, ratesTables(rates.found), ['sustained', 'latency']) }),
    ...(overload && { overload: told(overload, overloadTable(overload.found)) }),
    ...(concerts && { concerts: told(concerts, concertsTable(concerts.found), ['concerts']) }),
    ...(waiting && { waiting: told(waiting, waitingTables(waiting.found), ['waiting', 'memory']) }),
    ...(fold && { fold: told(fold, foldTable(fold.found)) }),
  };
}

function told(
  { at, cores, cpu, node, others, minutes }: Circumstances,
  tables: string,
  charts: readonly string[] = [],
): string {
  const shown = charts.map((chart) => `![${chart}](benchmarks/${chart}.svg)\n`).join('');
  const where = `${cores} cores (${cpu}), Node ${node}`;
  return `Measured ${at.slice(0, 16).replace('T', ' ')} UTC, ${where}, in ${minutes.toFixed(1)} minutes; others used ${percent(others)}% of the machine meanwhile.\n\n${shown}\n${tables}`;
}

function ratesTables(found: readonly RateResult[]): string {
  const rate = (one: RateResult, bound: number): string => {
    const { rate = 0, seconds = 0 } = one.sustained[bound] ?? {};
    return rate === 0 ? 'none' : `${whole(rate)}${seconds > 0 ? '' : ' (not confirmed)'}`;
  };
  const head = [
    '',
    ...BOUNDS_MS.map((bound) => `p99 <= ${bound} ms, /s`),
    'saturated, /s',
    'projected, /s',
    'API µs',
    'broker µs',
    'projector µs',
    'Redis µs',
    'API MB',
  ];
  const sustained = table(
    head,
    found.map((one) => [
      one.title,
      ...BOUNDS_MS.map((bound) => rate(one, bound)),
      whole(one.saturated.grantedPerSecond),
      whole(one.projectedPerSecond),
      ...cpuCells(one.saturated),
      whole((one.resident['api'] ?? 0) / 1e6),
    ]),
  );
  const shares = found.flatMap((one) =>
    SHARES.flatMap((share) => {
      const at = one.atShares[share];
      if (!at) return [];
      const cells = [at.p50, at.p95, at.p99, at.p999, at.visible?.p50, at.visible?.p99].map(tenths);
      return [[`${one.title}, ${share}%`, whole(at.grantedPerSecond), ...cells, ...cpuCells(at)]];
    }),
  );
  const latencyHead = [
    'of the rate at p99 <= 50 ms',
    '/s',
    'p50 ms',
    'p95',
    'p99',
    'p99.9',
    'visible p50',
    'visible p99',
    'API µs',
    'broker µs',
    'projector µs',
    'Redis µs',
  ];
  return `${sustained}\n\n${table(latencyHead, shares)}`;
}

function overloadTable(found: NonNullable<Results['overload']>['found']): string {
  const { limit, offered, acceptedPerSecond, refused, toldWhen, broken, p50, p99, apiMicrosPerAnswer } = found;
  return table(
    [
      'limit /s',
      'offered /s',
      'accepted /s',
      'refused',
      'of them 503 with Retry-After',
      'unanswered',
      'p50 ms',
      'p99 ms',
      'API µs an answer',
    ],
    [
      [
        whole(limit),
        whole(offered),
        whole(acceptedPerSecond),
        whole(refused),
        whole(toldWhen),
        whole(broken),
        tenths(p50),
        tenths(p99),
        whole(apiMicrosPerAnswer),
      ],
    ],
  );
}

function concertsTable(found: NonNullable<Results['concerts']>['found']): string {
  const rows = found.flatMap(({ concerts, entries }) =>
    Object.entries(entries).map(([connections, figures]) => [
      `${whole(concerts)}, ${connections} connections`,
      ...entryCells(figures),
    ]),
  );
  return table(['concerts', ...ENTRY_HEAD], rows);
}

const ENTRY_HEAD = [
  'accepted/s',
  'projected/s',
  'p50 ms',
  'p99 ms',
  'API µs',
  'broker µs',
  'projector µs',
  'Redis µs',
  'others %',
];
function entryCells(figures: Figures): string[] {
  const { grantedPerSecond, projectedPerSecond, p50, p99, others } = figures;
  return [
    whole(grantedPerSecond),
    whole(projectedPerSecond),
    tenths(p50),
    tenths(p99),
    ...cpuCells(figures),
    percent(others),
  ];
}

function waitingTables({ sizes, reads, start, rebuild }: NonNullable<Results['waiting']>['found']): string {
  const growth = table(
    ['waiting', ...ENTRY_HEAD, 'polls/s', 'poll p50 ms', 'poll p99 ms', 'Redis B a user'],
    sizes.map(({ waiting, entries, polls, redisBytes }) => [
      whole(waiting),
      ...entryCells(entries),
      whole(polls.grantedPerSecond),
      tenths(polls.p50),
      tenths(polls.p99),
      whole(redisBytes),
    ]),
  );
  const read = (name: string, figures: Figures, sustained?: number): string[] => [
    name,
    whole(figures.grantedPerSecond),
    tenths(figures.p50),
    tenths(figures.p99),
    ...cpuCells(figures),
    whole(sustained),
  ];
  const reading = table(
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
      read('own entry, R0 at once', reads.limitPolls, reads.limitPollsSustained),
      read('queue document', reads.documents),
      read('queue document, 304', reads.documentsNotModified),
    ],
  );
  const again = table(
    ['beginning again', ''],
    [
      ['start of a projector until live, nobody waiting', `${start.emptySeconds.toFixed(1)} s`],
      [`the same with ${whole(start.waiting)} waiting`, `${start.seconds.toFixed(1)} s`],
      ['resident for each who waits, after that start', `${whole(start.projectorBytes)} B`],
      [
        `the same with an empty Redis: ${whole(rebuild.events)} events folded and written`,
        `${rebuild.coldSeconds.toFixed(1)} s`,
      ],
      ['of that, less the start of an empty one', `${whole(rebuild.coldEventsPerSecond)} events/s`],
      [
        '`projections rebuild` beside the live projection',
        `${rebuild.besideSeconds.toFixed(1)} s, ${whole(rebuild.besideEventsPerSecond)} events/s folded`,
      ],
    ],
  );
  return [growth, reading, again].join('\n\n');
}

function foldTable({ users, eventsPerSecond, cpuMicros, heap }: NonNullable<Results['fold']>['found']): string {
  return table(
    ['users', 'events/s', 'CPU µs an event', 'heap B a user'],
    [[whole(users), whole(eventsPerSecond), tenths(cpuMicros), whole(heap)]],
  );
}

function chartsOf({ rates, concerts, waiting }: Results): Record<string, string> {
  return {
    ...(rates && {
      sustained: barChart(
        'Entries a second sustained at p99 <= 50 ms',
        '/s',
        rates.found.map(({ title, sustained }) => [title.replaceAll('`', ''), sustained[BOUND]?.rate ?? 0]),
      ),
      latency: lineChart({
        title: 'p99 by rate',
        x: 'entries a second offered',
        y: 'ms',
        series: rates.found
          .map(({ title, atShares }) => ({
            name: title.replaceAll('`', ''),
            points: SHARES.flatMap((share) =>
              atShares[share] ? [[atShares[share].grantedPerSecond, atShares[share].p99] as const] : [],
            ),
          }))
          .filter(({ points }) => points.length > 1),
      }),
    }),
    ...(concerts && {
      concerts: lineChart({
        title: 'Accepted a second by concerts',
        x: 'concerts',
        y: 'entries/s',
        logarithmicX: true,
        series: [64, 256].map((connections) => ({
          name: `${connections} connections`,
          points: concerts.found.map((one) => [one.concerts, one.entries[connections]?.grantedPerSecond ?? 0] as const),
        })),
      }),
    }),
    ...(waiting && {
      waiting: lineChart({
        title: 'Rates by number waiting',
        x: 'waiting',
        y: 'a second',
        logarithmicX: true,
        series: [
          {
            name: 'entries accepted',
            points: waiting.found.sizes.map((one) => [one.waiting, one.entries.grantedPerSecond] as const),
          },
          {
            name: 'own entries read',
            points: waiting.found.sizes.map((one) => [one.waiting, one.polls.grantedPerSecond] as const),
          },
        ],
      }),
      memory: lineChart({
        title: 'Redis: bytes for each who waits',
        x: 'waiting',
        y: 'bytes',
        logarithmicX: true,
        series: [{ name: 'Redis', points: waiting.found.sizes.map((one) => [one.waiting, one.redisBytes] as const) }],
      }),
    }),
  };
}
