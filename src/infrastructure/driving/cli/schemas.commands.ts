import type { Command } from 'commander';
import { formatFinding, hasErrors } from '../../../application/operations/schema-findings.ts';
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
    .description('check the compatibility of the current schemas with every released version; exit status 1 if broken')
    .option('--against-registry', 'check against the versions in the schema registry instead')
    .option(...JSON_OPTION)
    .action(async (options: CheckOptions) => {
      const schemas = await run.context.schemas();
      const findings = options.againstRegistry ? await schemas.checkAgainstRegistry() : schemas.check();
      const compatible = !hasErrors(findings);
      if (!compatible) run.status = 1;
      const against = options.againstRegistry ? 'registered' : 'released';
      const result = compatible
        ? `The schemas are compatible with every ${against} version.`
        : `The schemas are not compatible with every ${against} version.`;
      show(run, options, { compatible, findings }, [...findings.map(formatFinding), result].join('\n'));
    });
  group
    .command('register')
    .description('register schemas that the schema registry does not have; safe to repeat')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const ids = [...(await (await run.context.schemas()).register())];
      const text = ids.map(([record, id]) => `${record} has id ${id}`).join('\n');
      show(run, options, Object.fromEntries(ids), text);
    });
}
