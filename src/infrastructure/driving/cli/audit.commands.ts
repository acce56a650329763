import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { Audit, OperatorAction } from '../../../application/operations/audit-concert.ts';
import { auditConcert } from '../../../application/operations/audit-concert.ts';
import { auditList } from './audit-list.ts';
import { rfc3339 } from './format.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { parsePosition } from './parse-position.ts';

interface AuditOptions {
  readonly concert: string;
  readonly at?: string;
  readonly export?: string;
  readonly salt?: string;
  readonly json?: boolean;
}

/** `audit` */
export function addAudit(program: Command, run: CliRun): void {
  program
    .command('audit')
    .description('check the guarantees of a queue from the log alone; exit status 1 if one is violated')
    .requiredOption('--concert <id>', 'id of the concert')
    .option('--at <offset or time>', 'read the log up to and including this offset or time')
    .option('--export <file>', 'write every entry to a CSV file: pseudonym, receipt, place and time of the call')
    .option('--salt <text>', 'salt of the pseudonyms; the default is random, so each export has other pseudonyms')
    .option(...JSON_OPTION)
    .action(async (options: AuditOptions) => {
      const concertId = run.context.concertId(options.concert);
      const until = parsePosition(options.at);
      const audit = await run.context.withOperations(({ ports }) => auditConcert(ports, concertId, until));
      let exported: readonly string[] = [];
      if (options.export !== undefined) {
        exported = [
          `${options.export} holds ${audit.entries} entries: pseudonym, receipt (partition/offset), place, time of the call.`,
        ];
        const salt = options.salt ?? randomBytes(32).toString('hex');
        await run.context.writeLines(options.export, auditList(audit, salt));
      }
      if (!audit.passed) run.status = 1;
      show(run, options, jsonOf(audit), [formatText(audit), ...exported].join('\n'));
    });
}

function jsonOf({ visits: _visits, time, admissionsByHour, acts, corrected, ...audit }: Audit): object {
  return {
    ...audit,
    time: rfc3339(time),
    acts: acts.map((act) => ({ ...act, time: rfc3339(act.time), actor: act.actor ?? null })),
    corrected: corrected.map((record) => ({
      offset: record.offset,
      stampedAt: rfc3339(record.stampedAt),
      logTime: rfc3339(record.time),
    })),
    admissionsByHour: admissionsByHour.map(({ hour, admitted }) => ({ hour: rfc3339(hour), admitted })),
  };
}

function formatText(audit: Audit): string {
  const { draw } = audit;
  const rows = [
    ['concert', `${audit.concertId} (partition ${audit.partition})`],
    ['up to', `offset ${audit.offset}, ${rfc3339(audit.time)}, ${audit.events} events`],
    ['entries', `${audit.entries}`],
    ['rejected requests', `${audit.rejected}`],
    ['called', `${audit.called}`],
    ['inversions', `${audit.inversions}`],
    ['capacity violations', `${audit.capacityBreaches}`],
    ['duplicate entries', `${audit.duplicateEntries}`],
    ['records skipped', `${audit.skipped.length}`],
    ...(draw ? [['draw', formatDraw(draw)]] : []),
    ['digest', audit.digest],
    ...audit.admissionsByHour.map(({ hour, admitted }) => [
      `called from ${rfc3339(hour).slice(0, 16)}Z`,
      `${admitted}`,
    ]),
    ...audit.corrected.map(({ offset, stampedAt, time: logTime }) => [
      `corrected offset ${offset}`,
      `stamped ${rfc3339(stampedAt)}, log time ${rfc3339(logTime)}`,
    ]),
    ...audit.acts.map((act) => [`action at offset ${act.offset}`, formatAction(act)]),
  ];
  const findings = [
    ...audit.breaches.map(({ kind, offset, message }) => `${kind} at offset ${offset}: ${message}`),
    ...audit.skipped.map(({ offset, code }) => `offset ${offset} is unreadable (${code}) and has no dead letter`),
  ];
  const result = audit.passed ? 'The audit passed.' : 'The audit failed.';
  return [formatTable(rows), ...findings.slice(0, 100), result].join('\n');
}

function formatAction({ time, event, actor, userId }: OperatorAction): string {
  return `${rfc3339(time)}  ${event}${userId === undefined ? '' : ` of ${userId}`} by ${actor ?? 'an unknown actor'}`;
}

function formatDraw({ seed, registered, isCommitted, isOrdered }: NonNullable<Audit['draw']>): string {
  if (seed === null) return 'committed, not held yet';
  const commitment = isCommitted ? 'the seed matches the commitment' : 'THE SEED DOES NOT MATCH THE COMMITMENT';
  return `${registered} registered; ${commitment}; ${isOrdered ? 'the order matches the seed' : 'THE ORDER DOES NOT MATCH THE SEED'}`;
}
