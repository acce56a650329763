/** Runs the built command line as a separate process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { PROJECT, stackSettings } from '../../tools/stack/settings.ts';
import { buildIfStale, COMPILED, NODE } from './build.ts';
import type { Installation } from './installation.ts';

const DEADLINE_MS = 30_000;

export interface CommandResult {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A running command. */
export interface RunningCommand {
  /** Standard output so far. */
  readonly printed: () => string;
  /** Sends SIGINT, like Ctrl-C. */
  readonly interrupt: () => void;
  /** Closes standard output, like `| head`. */
  readonly hangUp: () => void;
  readonly ended: Promise<CommandResult>;
}

/** Starts a command with the settings of an installation. */
export function startCommand(installation: Installation, ...args: readonly string[]): Promise<RunningCommand> {
  return start(args, installation.settings);
}

/** Runs a command to its end. */
export async function command(installation: Installation, ...args: readonly string[]): Promise<CommandResult> {
  return (await startCommand(installation, ...args)).ended;
}

/** Runs a command line with the settings of the installation and the address of the local stack; ends after 30 s. */
export async function cli(
  installation: Installation,
  line: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const stack = Object.entries(process.env).filter(([name]) => name.startsWith('STACK_'));
  const environment = {
    HOME: process.env['HOME'] ?? '',
    ...Object.fromEntries(stack),
    STACK_DIRECTORY: stackSettings().directory,
    ...installation.settings,
    ...settings,
  };
  return (await start(line.split(' '), environment, DEADLINE_MS)).ended;
}

/** The JSON output of a successful command. */
export async function cliJson(...args: Parameters<typeof cli>): Promise<unknown> {
  const [installation, line, settings] = args;
  const { status, out, err } = await cli(installation, `${line} --json`, settings);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return JSON.parse(out);
}

/** For `toEqual`: a command that failed with this code and a one-line message. */
export function failure(code: string): object {
  return { status: 1, out: '', err: expect.stringMatching(new RegExp(`^concert-queue: ${code}: [^\\n]+\\n$`)) };
}

async function start(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  timeout?: number,
): Promise<RunningCommand> {
  await buildIfStale();
  const child = spawn(NODE, [join(PROJECT, 'dist', 'cli.js'), ...args], {
    env: { ...COMPILED, PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    ...(timeout && { timeout }),
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([status]) => {
    return { status: typeof status === 'number' ? status : null, out, err };
  });
  return {
    printed: () => out,
    interrupt: () => void child.kill('SIGINT'),
    hangUp: () => void child.stdout.destroy(),
    ended,
  };
}
