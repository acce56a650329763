/** The same load over more and more concerts. */

import type { BenchEnvironment } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { LogFiller } from '../support/fill-log.ts';
import { measureEntries } from '../support/measure.ts';
import type { StepRunner } from '../support/step-runner.ts';
import { startConcertQueue } from '../support/systems-under-test.ts';
import { warmUp } from '../support/warm-up.ts';

/** A single popular concert among many others is the usual case. */
const CONCERTS: readonly Spread[] = [
  { concerts: 1 },
  { concerts: 10 },
  { concerts: 100 },
  { concerts: 100, hotShare: 0.9 },
  { concerts: 10_000 },
];

interface Spread {
  readonly concerts: number;
  /** Share of the entries for the first concert; the others are spread evenly. */
  readonly hotShare?: number;
}

export interface AtConcerts extends Spread {
  /** By number of connections. */
  readonly entries: Readonly<Record<number, Figures>>;
}

export async function concerts(
  bench: BenchEnvironment,
  budget: Budget,
  steps: StepRunner<readonly AtConcerts[]>,
): Promise<void> {
  const most = Math.max(...CONCERTS.map((spread) => spread.concerts));
  const system = await startConcertQueue(bench, 1);
  const filler = await LogFiller.open(system.environment);
  await filler.configure(Array.from({ length: most - 1 }, (_, index) => `concert-${index + 1}`));
  await filler.close();
  await warmUp(system, { connections: 256, seconds: budget.seconds(20, 6) });
  const found: AtConcerts[] = [];
  for (const spread of CONCERTS)
    await steps.do(JSON.stringify(spread), async () => {
      console.log(`concerts: ${JSON.stringify(spread)}`);
      const entries: Record<number, Figures> = {};
      // Warm-up: an API process reads a policy at the first request for the concert.
      await measureEntries(system, { connections: 256, seconds: 2, ...spread });
      for (const connections of [64, 256])
        entries[connections] = figuresOf([
          await measureEntries(system, { connections, seconds: budget.seconds(15, 4), ...spread }),
        ]);
      found.push({ ...spread, entries });
      steps.record(found);
    });
  await bench.stop(system.api, system.projector);
}
