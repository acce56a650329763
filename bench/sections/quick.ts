/** `bench --quick`: compares the cost of an entry with a no-op route in about two minutes; prints ratios. */
import { cpus } from 'node:os';
import { closedLoopGenerator } from '../../tools/load/load.ts';
import { baselineNamed } from '../baselines/baselines.ts';
import type { BenchEnvironment } from '../support/bench-environment.ts';
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

/** With a larger CPU share of other processes the results are not reliable. */
const MAX_BACKGROUND_CPU = 0.15;

export async function quick(
  bench: BenchEnvironment,
  { connections, concerts, seconds, rounds }: QuickOptions,
): Promise<readonly Comparison[]> {
  const { application, limit } = await pair(bench, concerts);
  const most = Math.max(...connections);
  console.log('Warming up.');
  for (const system of [limit, application]) await warmUp(system, { connections: most, concerts });
  const comparisons: Comparison[] = [];
  for (const count of connections) {
    console.log(`${count} connections: ${rounds} times ${seconds} s for each system, alternating.`);
    const samples: { limit: Sample; own: Sample }[] = [];
    const load: Load = { connections: count, seconds, concerts };
    for (let round = 0; round < rounds; round++)
      samples.push({ limit: await measureEntries(limit, load), own: await measureEntries(application, load) });
    comparisons.push(
      compare(
        count,
        samples.map(({ limit }) => limit),
        samples.map(({ own }) => own),
      ),
    );
  }
  console.log(`\n${comparisonTable(comparisons)}\n`);
  if (
    comparisons.some(
      ({ limit, application }) => Math.max(limit.backgroundCpu, application.backgroundCpu) > MAX_BACKGROUND_CPU,
    )
  )
    console.log(
      'Other processes used this machine: the ratios are rough and the rates too low. Run it again on an idle machine.',
    );
  console.log(`${cpus().length} cores (${cpus()[0]?.model}), load by ${closedLoopGenerator} on the same machine.`);
  return comparisons;
}

async function pair(
  bench: BenchEnvironment,
  concerts: number,
): Promise<{ readonly application: System; readonly limit: System }> {
  const application = await startConcertQueue(bench, concerts);
  const kind = baselineNamed('no-op');
  const { address, pid } = await bench.baseline(kind, application.environment);
  return { application, limit: { ...kind, address, pids: new Map([...application.pids, ['api', pid]]) } };
}
