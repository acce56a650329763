import type { Command } from 'commander';
import { allPartitions, partitionOf } from '../../../application/event-log/partitioner.ts';
import type { RebuildPartitionProgress } from '../../../application/operations/request-rebuild.ts';
import { counted } from './format.ts';
import { type CliRun, JSON_OPTION, show, showFailure } from './output.ts';

const BAR_WIDTH = 30;

/** `projections rebuild` */
export function addRebuild(group: Command, run: CliRun): void {
  group
    .command('rebuild')
    .description('fold the log again beside the running projections and replace the views without downtime')
    .option('--concert <id>', 'only the view of this concert')
    .option(...JSON_OPTION)
    .action(async (options: { concert?: string; json?: boolean }) => {
      const concertId = options.concert === undefined ? undefined : run.context.concertId(options.concert);
      await run.context.withMaintenance(async ({ partitions: count, rebuild }) => {
        const all = allPartitions(count);
        const partitions = concertId === undefined ? all : [partitionOf(concertId, count)];
        const busy = await rebuild.ask(partitions, concertId);
        if (busy !== undefined) {
          const text = `refused: another rebuild of partition ${busy} is running.`;
          showFailure(run, options, { refused: true, partition: busy }, text);
          return;
        }
        let last: readonly RebuildPartitionProgress[] = [];
        for await (const progress of rebuild.watch(partitions)) {
          last = progress;
          if (!options.json) run.context.progress(formatProgress(progress));
        }
        if (!options.json) run.context.progress('');
        const failed = last.filter(({ state }) => state === 'failed');
        if (failed.length > 0) run.status = 1;
        if (!options.json) for (const partition of failed) run.context.warn(formatText(partition));
        const done = last.filter((partition) => !failed.includes(partition));
        const value = { refused: false, partitions: last.map(toJson) };
        if (options.json || done.length > 0) show(run, options, value, done.map(formatText).join('\n'));
      });
    });
}

/** The JSON output. Its field names are part of the command line's versioned output. */
function toJson({ targetEvents, targetConcerts, repaired, ...progress }: RebuildPartitionProgress) {
  return { ...progress, eventsInAll: targetEvents, concertsInAll: targetConcerts, mended: repaired };
}

/** Mean progress of the partitions. Finished partitions count as complete. */
function formatProgress(partitions: readonly RebuildPartitionProgress[]): string {
  const total = partitions.reduce((sum, partition) => sum + shareOf(partition), 0);
  const share = total / Math.max(1, partitions.length);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${Math.floor(share * 100)}%`;
  const current = partitions.find(({ state }) => state === 'folding' || state === 'writing');
  if (!current) return bar;
  const { partition, state, events, targetEvents, eventsPerSecond, concerts, targetConcerts } = current;
  if (state === 'writing') return `${bar} partition ${partition}: ${concerts} of ${targetConcerts} views written`;
  const left = eventsPerSecond > 0 ? `, ${Math.ceil((targetEvents - events) / eventsPerSecond)} s left` : '';
  return `${bar} partition ${partition}: ${events} of ${targetEvents} events, ${eventsPerSecond}/s${left}`;
}

/** From 0 to 1. Reading the log is weighted with 0.7, writing the views with 0.3. */
function shareOf({ state, events, targetEvents, concerts, targetConcerts }: RebuildPartitionProgress): number {
  if (state === 'done' || state === 'failed') return 1;
  if (state === 'requested') return 0;
  return (
    0.7 * (targetEvents > 0 ? events / targetEvents : 1) + 0.3 * (targetConcerts > 0 ? concerts / targetConcerts : 0)
  );
}

function formatText({
  partition,
  state,
  reason,
  events,
  eventsPerSecond,
  concerts,
  repaired,
}: RebuildPartitionProgress): string {
  if (state === 'failed') return `partition ${partition}: failed: ${reason}`;
  const done = `partition ${partition}: ${counted(events, 'event')} folded (${eventsPerSecond}/s), ${counted(concerts, 'view')} replaced`;
  return repaired.length === 0 ? done : `${done}; repaired the state of ${repaired.join(', ')}`;
}
