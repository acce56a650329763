import type { Command } from 'commander';
import {
  type CheckedLetter,
  type DeadLetter,
  listDeadLetters,
  type ShownLetter,
  showDeadLetters,
  withRedriveChecks,
} from '../../../application/operations/dead-letter-list.ts';
import { rfc3339 } from './format.ts';
import { formatTable } from './format-table.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { parseRecord } from './parse-position.ts';
import { addRedrive } from './redrive.commands.ts';
import { addSkipBatch } from './skip-batch.command.ts';

/** `dlt list`, `dlt show`, `dlt redrive`, `dlt skip-batch` */
export function addDeadLetters(program: Command, run: CliRun): void {
  const group = program.command('dlt').description('dead letters: records of the log that cannot be read');
  group
    .command('list')
    .description('list all dead letters with the position of the record, the error, and whether a redrive is possible')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      const letters = await run.context.withOperations(async (tools) =>
        withRedriveChecks(tools, await listDeadLetters(tools.letters, tools.topic)),
      );
      const rows = [['RECORD', 'CODE', 'FAILED AT', 'LETTER AT', 'REDRIVE', 'MESSAGE'], ...letters.map(cells)];
      const json = letters.map((letter) => ({ ...jsonOf(letter), redrive: letter.redrive }));
      show(run, options, json, letters.length === 0 ? 'There are no dead letters.' : formatTable(rows));
    });
  group
    .command('show <partition/offset>')
    .description('show the bytes of one record, and its event if it can be read now')
    .option(...JSON_OPTION)
    .action(async (record: string, options: { json?: boolean }) => {
      const { partition, offset } = parseRecord(record);
      const shown = await run.context.withOperations(({ ports, letters, reader, topic }) =>
        showDeadLetters({ log: ports.log, letters, reader, topic }, partition, offset),
      );
      const json = shown.map((letter) => ({ ...jsonOf(letter), counts: letter.counts, now: letter.now }));
      show(run, options, json, shown.map(formatText).join('\n\n'));
    });
  addRedrive(group, run);
  addSkipBatch(group, run);
}

function cells({ partition, offset, code, failedAt, letters, redrive, message }: CheckedLetter): string[] {
  return [`${partition}/${offset}`, code, failedAt, letters.join(','), redrive, message];
}

function jsonOf(letter: DeadLetter): object {
  const { partition, offset, timestamp, code, message, failedAt, letters, key, value, headers } = letter;
  const headerTexts = Object.entries(headers).map(([name, text]) => [name, text?.toString()] as const);
  return {
    partition,
    offset,
    stampedAt: rfc3339(timestamp),
    code,
    message,
    failedAt,
    letters,
    key: key?.toString('hex') ?? null,
    value: value?.toString('hex') ?? null,
    headers: Object.fromEntries<string | undefined>(headerTexts),
  };
}

function formatText(letter: ShownLetter): string {
  const { partition, offset, timestamp, code, message, failedAt, key, value, counts, now, headers } = letter;
  const rows = [
    ['record', `${partition}/${offset}, ${rfc3339(timestamp)}`],
    ['skipped', `${failedAt}, ${code}: ${message}`],
    ['letter at', letter.letters.join(', ')],
    ['counts', counts ? 'yes' : 'no: the log has another record at this offset'],
    ['read now', 'event' in now ? JSON.stringify(now.event) : `no, ${now.code}: ${now.message}`],
    ...Object.entries(headers).map(([name, text]) => [`header ${name}`, text?.toString() ?? '']),
  ];
  return [formatTable(rows), 'key', formatHex(key), 'value', formatHex(value)].join('\n');
}

/** Sixteen bytes a line: offset, hexadecimal and ASCII. */
function formatHex(bytes: Buffer | null): string {
  if (bytes === null) return '  (none)';
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const line = bytes.subarray(start, start + 16);
    const hex = [...line].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = [...line].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`  ${start.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.length === 0 ? '  (empty)' : lines.join('\n');
}
