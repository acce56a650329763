import type { Command } from 'commander';
import type { SettingRow } from './cli-context.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';

/** `settings check` */
export function addSettings(program: Command, run: CliRun): void {
  const settings = program.command('settings').description('the settings, read from the environment');
  settings
    .command('check')
    .description(
      'validate the settings as the server does at start and print the source of each; exit status 1 if invalid',
    )
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) => {
      const rows = run.context.settings();
      show(run, options, rows, formatTable([['SETTING', 'VALUE', 'SOURCE', 'MEANING'], ...rows.map(cells)]));
    });
}

function cells({ name, value, source, secret, meaning }: SettingRow): string[] {
  const shown = secret && source !== 'unset' ? '(secret)' : (value ?? '');
  return [name, shown, source, meaning];
}
