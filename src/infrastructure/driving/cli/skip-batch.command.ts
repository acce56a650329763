import type { Command } from 'commander';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { parseRecord } from './parse-position.ts';

/** `dlt skip-batch` */
export function addSkipBatch(group: Command, run: CliRun): void {
  group
    .command('skip-batch <partition/offset>')
    .description('skip the batch at this offset, which cannot be decoded; its bytes are kept as a dead letter')
    .option(...JSON_OPTION)
    .action(async (text: string, options: { json?: boolean }) => {
      const { partition, offset } = parseRecord(text);
      const batch = await run.context.withMaintenance((tools) => tools.skipBatch(partition, offset));
      const range = `${partition}/${batch.firstOffset} to ${partition}/${batch.lastOffset}`;
      show(run, options, batch, `${range}: ${batch.is === 'skipped' ? 'skipped' : 'already skipped'}: ${batch.reason}`);
    });
}
