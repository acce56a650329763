import type { Command } from 'commander';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `relay status` */
export function addRelay(program: Command, run: CliRun): void {
  const relay = program.command('relay').description('the relay that publishes the outbox of applications to the log');
  relay
    .command('status')
    .description('print backlog, age of the oldest row, rate, lag and leader')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const status = await run.context.outboxStatus();
      show(run, options, { ...status, lagMs: status.lagMs ?? null, leader: status.leader ?? null }, formatText(status));
    });
}

function formatText({ backlog, oldestSeconds, publishedPerSecond, lagMs, leader }: OutboxStatus): string {
  const rows = [
    ['backlog', `${backlog} rows`],
    ['oldest', `${oldestSeconds.toFixed(1)} s`],
    ['published', `${publishedPerSecond.toFixed(1)} rows/s over the last minute`],
    ['lag', lagMs ? `p50 ${Math.round(lagMs.p50)} ms, p99 ${Math.round(lagMs.p99)} ms` : 'nothing published'],
    ['leader', leader ?? 'none: no relay is running'],
  ];
  return formatTable(rows);
}
