import type { Command } from 'commander';
import { formatFinding, hasErrors } from '../../../application/ports/event-schemas.port.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';

interface CheckOptions {
  readonly json?: boolean;
  readonly againstRegistry?: boolean;
}

/** `schemas check`, `schemas register` */
export function addSchemas(program: Command, run: CliRun): void {
  const group = program.command('schemas').description('the Avro schemas of the events (docs/schemas.md)');
  group
    .command('check')
    .description('tell whether today’s schemas can read, and be read by, every released version; status 1 if not')
    .option('--against-registry', 'check against every version that the schema registry holds instead')
    .option(...JSON_OPTION)
    .action(async (options: CheckOptions) => {
      const schemas = await run.context.schemas();
      const found = options.againstRegistry ? await schemas.checkAgainstRegistry() : schemas.check();
      const compatible = !hasErrors(found);
      if (!compatible) run.status = 1;
      const against = options.againstRegistry ? 'registered' : 'released';
      const verdict = compatible
        ? `The schemas are compatible with every ${against} version.`
        : `The schemas are not compatible with every ${against} version.`;
      show(run, options, { compatible, findings: found }, [...found.map(formatFinding), verdict].join('\n'));
    });
  group
    .command('register')
    .description('register what the schema registry does not hold yet; safe to repeat')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const ids = [...(await (await run.context.schemas()).register())];
      const words = ids.map(([record, id]) => `${record} has the id ${id}`).join('\n');
      show(run, options, Object.fromEntries(ids), words);
    });
}
