/** `bench --quick`: what an entry costs beside the same route with nothing behind it, in about two minutes; ratios alone. */
import { cpus } from 'node:os';
import { closedLoopGenerator } from '../../tools/load/load.ts';
import { rivalNamed } from '../baselines/baselines.ts';
import type { Ground } from '../support/bench-environment.ts';
import { type Comparison, compare, comparisonTable } from '../support/comparison.ts';
import { type Load, measureEntries, type Sample } from '../support/measure.ts';
import type { System } from '../support/system.ts';
import { startConcertQueue } from '../support/systems-under-test.ts';
import { warmUp } from '../support/warm-up.ts';

export interface QuickOptions {
  readonly connections: readonly number[];
  readonly concerts: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** With a larger share of the machine used by others, figures say more about them. */
const UNDISTURBED = 0.15;

export async function quick(
  ground: Ground,
  { connections, concerts, seconds, rounds }: QuickOptions,
): Promise<readonly Comparison[]> {
  const { application, limit } = await pair(ground, concerts);
  const most = Math.max(...connections);
  console.log('Warming up.');
  for (const system of [limit, application]) await warmUp(system, { connections: most, concerts });
  const comparisons: Comparison[] = [];
  for (const count of connections) {
    console.log(`${count} connections: ${rounds} times ${seconds} s of each, in turn.`);
    const samples: { limit: Sample; ours: Sample }[] = [];
    const load: Load = { connections: count, seconds, concerts };
    for (let round = 0; round < rounds; round++)
      samples.push({ limit: await measureEntries(limit, load), ours: await measureEntries(application, load) });
    comparisons.push(
      compare(
        count,
        samples.map(({ limit }) => limit),
        samples.map(({ ours }) => ours),
      ),
    );
  }
  console.log(`\n${comparisonTable(comparisons)}\n`);
  if (comparisons.some(({ limit, application }) => Math.max(limit.others, application.others) > UNDISTURBED))
    console.log(
      'Others used this machine meanwhile: the ratios are rough, the rates are too low. Run it again when it is quiet.',
    );
  console.log(`${cpus().length} cores (${cpus()[0]?.model}), load by ${closedLoopGenerator} on the same machine.`);
  return comparisons;
}

async function pair(
  ground: Ground,
  concerts: number,
): Promise<{ readonly application: System; readonly limit: System }> {
  const application = await startConcertQueue(ground, concerts);
  const kind = rivalNamed('no-op');
  const { address, pid } = await ground.rival(kind, application.environment);
  return { application, limit: { ...kind, address, pids: new Map([...application.pids, ['api', pid]]) } };
}
