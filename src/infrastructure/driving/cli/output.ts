import type { CliContext } from './cli-context.ts';

/** One run of the command line, passed to every command group. */
export interface CliRun {
  readonly context: CliContext;
  /** Exit status of the process; commands set 1 on failure. */
  status: number;
}

/** Prints the value as JSON with `--json`, otherwise the text. */
export function show(
  { context }: CliRun,
  { json }: { readonly json?: boolean | undefined },
  value: unknown,
  text: string,
): void {
  context.print(json ? JSON.stringify(value, null, 2) : text);
}

/** Like `show`, with a text for standard error: what failed. */
export function showFailure(
  run: CliRun,
  options: { readonly json?: boolean | undefined },
  value: unknown,
  text: string,
): void {
  run.status = 1;
  if (options.json) show(run, options, value, '');
  else run.context.warn(`concert-queue: ${text}`);
}

export const JSON_OPTION = ['--json', 'print JSON'] as const;
