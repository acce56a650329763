/** Runs a load generator as a process of its own, in one thread. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LoadPlan, LoadSeen } from './plan.ts';

/** A generator that has not ended so long after its load waits for a missing response. */
const ENDED_WITHIN_MS = 90_000;

const hasWrk = !spawnSync('wrk', ['-v']).error;
export const closedLoopGenerator = hasWrk ? 'wrk' : 'generate.ts';

/** wrk for closed loops of entries, where it is installed: it costs least. @throws Error when the generator itself fails */
export async function run(plan: LoadPlan): Promise<LoadSeen> {
  const wrk = hasWrk && plan.rate === undefined ? wrkArguments(plan) : undefined;
  const [command, args] = wrk
    ? ['wrk', wrk]
    : [process.execPath, [join(import.meta.dirname, 'generate.ts'), JSON.stringify(plan)]];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: plan.seconds * 1000 + ENDED_WITHIN_MS,
  });
  const [output, complaint, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<unknown[]>,
  ]);
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (status !== 0 || !line.startsWith('{')) {
    const [reason = 'it said nothing'] = /^\w*Error: .*$/m.exec(complaint) ?? [];
    throw new Error(`${wrk ? 'wrk' : 'generate.ts'}: ${reason}\n${complaint}${output}`);
  }
  return JSON.parse(line);
}

function wrkArguments({ address, connections, seconds, ask, followedPerSecond }: LoadPlan): string[] | undefined {
  if (ask.kind !== 'entries' || followedPerSecond !== undefined) return undefined;
  const script = [ask.userPrefix, ask.concertPrefix, String(ask.concerts), String(ask.hotShare ?? 0)];
  const lua = join(import.meta.dirname, 'entries.lua');
  return ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', lua, address, '--', ...script];
}
