/** Runs a load generator as a process of its own, in one thread. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LoadPlan, LoadResult } from './plan.ts';

/** A generator that has not ended this long after its load is waiting for a response that will not come. */
const EXIT_TIMEOUT_MS = 90_000;

const hasWrk = !spawnSync('wrk', ['-v']).error;
export const closedLoopGenerator = hasWrk ? 'wrk' : 'generate.ts';

/** Runs wrk for closed loops of entries if it is installed (it uses the least CPU), else generate.ts. @throws Error when the generator fails */
export async function run(plan: LoadPlan): Promise<LoadResult> {
  const wrk = hasWrk && plan.rate === undefined ? wrkArguments(plan) : undefined;
  const [command, args] = wrk
    ? ['wrk', wrk]
    : [process.execPath, [join(import.meta.dirname, 'generate.ts'), JSON.stringify(plan)]];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: plan.seconds * 1000 + EXIT_TIMEOUT_MS,
  });
  const [output, errorOutput, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<unknown[]>,
  ]);
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (status !== 0 || !line.startsWith('{')) {
    const [reason = 'no error message'] = /^\w*Error: .*$/m.exec(errorOutput) ?? [];
    throw new Error(`${wrk ? 'wrk' : 'generate.ts'}: ${reason}\n${errorOutput}${output}`);
  }
  return JSON.parse(line);
}

function wrkArguments({ address, connections, seconds, workload, samplesPerSecond }: LoadPlan): string[] | undefined {
  if (workload.kind !== 'entries' || samplesPerSecond !== undefined) return undefined;
  const script = [
    workload.userPrefix,
    workload.concertPrefix,
    String(workload.concerts),
    String(workload.hotShare ?? 0),
  ];
  const lua = join(import.meta.dirname, 'entries.lua');
  return ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', lua, address, '--', ...script];
}
