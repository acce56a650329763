/** Closed-loop load: so many connections, each asking for entry as soon as it was answered. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface Load {
  /** `http://host:port` */
  readonly address: string;
  readonly connections: number;
  readonly seconds: number;
  /** No user of the run asks twice. */
  readonly userPrefix: string;
  /** The concerts are this and 0, 1, ... */
  readonly concertPrefix: string;
  readonly concerts: number;
}

export interface LoadSeen {
  /** Of whatever status. */
  readonly answers: number;
  /** Answers that were not 202. */
  readonly refused: number;
  /** Requests whose connection failed or was too slow. */
  readonly broken: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export const generator: 'wrk' | 'closed-loop.ts' = spawnSync('wrk', ['-v']).error ? 'closed-loop.ts' : 'wrk';

/** Runs the load in a process of its own, in one thread. @throws Error when the generator itself fails */
export async function run(load: Load): Promise<LoadSeen> {
  const [command, args] =
    generator === 'wrk' ? wrk(load) : [process.execPath, [file('../closed-loop.ts'), JSON.stringify(load)]];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<unknown[]>]);
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (status !== 0 || !line.startsWith('{')) throw new Error(`${generator} failed:\n${output}`);
  return JSON.parse(line);
}

function wrk({ address, connections, seconds, userPrefix, concertPrefix, concerts }: Load): [string, string[]] {
  const script = [userPrefix, concertPrefix, String(concerts)];
  return [
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', file('entries.lua'), address, '--', ...script],
  ];
}

function file(name: string): string {
  return join(import.meta.dirname, name);
}
