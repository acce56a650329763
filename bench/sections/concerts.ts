/** The same load over ever more concerts. */

import type { Ground } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { LogFiller } from '../support/fill-log.ts';
import { measureEntries } from '../support/measure.ts';
import type { Pieces } from '../support/step-runner.ts';
import { startConcertQueue } from '../support/systems-under-test.ts';
import { warmUp } from '../support/warm-up.ts';

/** One that everybody wants beside many others is what most installations have. */
const CONCERTS: readonly Spread[] = [
  { concerts: 1 },
  { concerts: 10 },
  { concerts: 100 },
  { concerts: 100, hotShare: 0.9 },
  { concerts: 10_000 },
];

interface Spread {
  readonly concerts: number;
  /** Of all entries, those for the first concert; the others go to all in turn. */
  readonly hotShare?: number;
}

export interface AtConcerts extends Spread {
  /** By connections. */
  readonly entries: Readonly<Record<number, Figures>>;
}

export async function concerts(ground: Ground, budget: Budget, pieces: Pieces<readonly AtConcerts[]>): Promise<void> {
  const most = Math.max(...CONCERTS.map((spread) => spread.concerts));
  const system = await startConcertQueue(ground, 1);
  const filler = await LogFiller.open(system.environment);
  await filler.configure(Array.from({ length: most - 1 }, (_, index) => `concert-${index + 1}`));
  await filler.close();
  await warmUp(system, { connections: 256, seconds: budget.seconds(20, 6) });
  const found: AtConcerts[] = [];
  for (const spread of CONCERTS)
    await pieces.do(JSON.stringify(spread), async () => {
      console.log(`concerts: ${JSON.stringify(spread)}`);
      const entries: Record<number, Figures> = {};
      // Once before: an API process reads each policy when it first hears of the concert.
      await measureEntries(system, { connections: 256, seconds: 2, ...spread });
      for (const connections of [64, 256])
        entries[connections] = figuresOf([
          await measureEntries(system, { connections, seconds: budget.seconds(15, 4), ...spread }),
        ]);
      found.push({ ...spread, entries });
      pieces.tell(found);
    });
  await ground.stop(system.api, system.projector);
}
