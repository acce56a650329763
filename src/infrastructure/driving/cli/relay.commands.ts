import type { Command } from 'commander';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `relay status` */
export function addRelay(program: Command, run: CliRun): void {
  const relay = program.command('relay').description('the publication of what applications committed to their outbox');
  relay
    .command('status')
    .description('tell how much waits, for how long, how fast it is published, and by whom')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const status = await run.context.outboxStatus();
      show(run, options, { ...status, lagMs: status.lagMs ?? null, leader: status.leader ?? null }, words(status));
    });
}

function words({ backlog, oldestSeconds, publishedPerSecond, lagMs, leader }: OutboxStatus): string {
  const rows = [
    ['backlog', `${backlog} rows`],
    ['oldest', `${oldestSeconds.toFixed(1)} s`],
    ['published', `${publishedPerSecond.toFixed(1)} a second over the last minute`],
    [
      'lag',
      lagMs ? `${Math.round(lagMs.p50)} ms for half, ${Math.round(lagMs.p99)} ms for 99 of 100` : 'nothing published',
    ],
    ['leader', leader ?? 'none: no relay is running'],
  ];
  return formatTable(rows);
}
