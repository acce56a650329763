import type { Command } from 'commander';
import type { CliContext } from './cli-context.ts';

/** The exit status of the process, as the command leaves it: 0 only when it did what was asked. */
export interface Outcome {
  status: number;
}

/** What every command group is given. */
export interface CliOutput {
  readonly services: CliContext;
  readonly outcome: Outcome;
}

/** Prints the value as JSON where that was asked for, else the words. */
export function show(
  { services }: CliOutput,
  { json }: { readonly json?: boolean | undefined },
  value: unknown,
  words: string,
): void {
  services.print(json ? JSON.stringify(value, null, 2) : words);
}

export const JSON_OPTION = ['--json', 'print JSON, for programs'] as const;

/** Left-aligned columns, two blanks apart. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(cell.length, most[index] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The group of commands of this name, which others may have begun. */
export function groupOf(program: Command, name: string): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name);
}
