import { type Command, Option } from 'commander';
import { allPartitions, partitionOf } from '../../../application/event-log/partitioner.ts';
import { type QueueAt, showQueue } from '../../../application/operations/show-queue.ts';
import { tailLog } from '../../../application/operations/tail-log.ts';
import type { Entry } from '../../../domain/types.ts';
import { entryJson, rfc3339, rowsOf } from './format.ts';
import { EVENT_NAMES, formatRecord, isWanted, recordJson } from './format-record.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { parseNumber, parsePosition } from './parse-position.ts';
import { addSimulate } from './simulate.command.ts';

interface ShowOptions {
  readonly concert: string;
  readonly at?: string;
  readonly first: string;
  readonly json?: boolean;
}

interface TailFlags {
  readonly concert?: string;
  readonly event?: string;
  readonly from: string;
  readonly follow: boolean;
  readonly json?: boolean;
}

/** `events show`, `events tail`, `events simulate` */
export function addEvents(program: Command, run: CliRun): void {
  const group = program.command('events').description('the event log, and the state of a queue at any time');
  group
    .command('show')
    .description('print the state of a queue after a record or at a time, folded from the log')
    .requiredOption('--concert <id>', 'id of the concert')
    .option('--at <offset or time>', 'read the log up to and including this offset or time; default: the whole log')
    .option('--first <n>', 'number of waiting entries and of called entries to print', '20')
    .option(...JSON_OPTION)
    .action(async (options: ShowOptions) => {
      const concertId = run.context.concertId(options.concert);
      const position = parsePosition(options.at);
      const first = parseNumber('--first', options.first);
      const shown = await run.context.withOperations(({ ports }) => showQueue(ports, concertId, position, first));
      const document = await run.context.queueJson(shown.document);
      const { kept, disqualified, line, called } = shown;
      const json = {
        queue: document,
        outcomesKept: kept,
        disqualified,
        called: called.map(entryJson),
        line: line.map(entryJson),
      };
      show(run, options, json, formatQueue(document, shown));
    });
  group
    .command('tail')
    .description('print new events until interrupted')
    .option('--concert <id>', 'only events of this concert')
    .addOption(new Option('--event <name>', 'only events of this type').choices(EVENT_NAMES))
    .option('--from <start or offset>', 'position of the first record', 'end')
    .option('--no-follow', 'stop at the current end of the log')
    .option('--json', 'print JSON, one record a line')
    .action((options: TailFlags) => tail(run, options));
  addSimulate(group, run);
}

async function tail(run: CliRun, options: TailFlags): Promise<void> {
  const concertId = options.concert === undefined ? undefined : run.context.concertId(options.concert);
  const { from } = options;
  const start = from === 'start' || from === 'end' ? from : parseNumber('--from', from);
  await run.context.withOperations(async ({ ports }) => {
    const { partitions: count } = ports.log;
    const all = allPartitions(count);
    const partitions = concertId === undefined ? all : [partitionOf(concertId, count)];
    const { follow } = options;
    for await (const tailed of tailLog(ports, {
      partitions,
      from: start,
      follow,
      signal: run.context.interrupted(),
    })) {
      if (!isWanted(tailed, concertId, options.event)) continue;
      run.context.print(options.json ? JSON.stringify(recordJson(tailed)) : formatRecord(tailed));
      await run.context.drained();
    }
  });
}

function formatQueue(
  document: Readonly<Record<string, unknown>>,
  { kept, disqualified, line, called }: QueueAt,
): string {
  const rows = [...rowsOf(document), ['outcomesKept', `${kept}`], ['disqualified', `${disqualified}`]];
  const section = (title: string, entries: readonly Entry[]): string[] =>
    entries.length === 0 ? [] : ['', title, formatTable(entries.map((entry, index) => entryCells(entry, index + 1)))];
  return [formatTable(rows), ...section('called', called), ...section('line', line)].join('\n');
}

function entryCells(entry: Entry, position: number): string[] {
  const { userId, offset, place, state } = entry;
  const until = state === 'READY' ? entry.claimBy : state === 'ACTIVE' ? entry.activeUntil : undefined;
  const deadline = until === undefined ? [] : [`until ${rfc3339(until)}`];
  const placeCell = place === offset ? [] : [`place ${place}`];
  return [`${position}`, userId, state, `receipt ${offset}`, ...placeCell, ...deadline];
}
