/** The same load over ever more concerts. */
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { LogFiller } from '../support/fill-log.ts';
import type { Ground } from '../support/ground.ts';
import { startConcertQueue } from '../support/line-up.ts';
import { measureEntries } from '../support/measure.ts';
import type { Pieces } from '../support/pieces.ts';
import { warmUp } from '../support/warm-up.ts';

export const CONCERTS = [1, 10, 100, 10_000];

export interface AtConcerts {
  readonly concerts: number;
  /** By connections. */
  readonly entries: Readonly<Record<number, Figures>>;
}

export async function concerts(ground: Ground, budget: Budget, pieces: Pieces<readonly AtConcerts[]>): Promise<void> {
  const most = Math.max(...CONCERTS);
  const system = await startConcertQueue(ground, 1);
  const filler = await LogFiller.open(system.environment);
  await filler.configure(Array.from({ length: most - 1 }, (_, index) => `concert-${index + 1}`));
  await filler.close();
  await warmUp(system, { connections: 256, seconds: budget.seconds(20, 6) });
  const found: AtConcerts[] = [];
  for (const count of CONCERTS)
    await pieces.do(`${count} concerts`, async () => {
      console.log(`${count} concerts`);
      const entries: Record<number, Figures> = {};
      // Once before: an API process reads each policy when it first hears of the concert.
      await measureEntries(system, { connections: 256, seconds: 2, concerts: count });
      for (const connections of [64, 256])
        entries[connections] = figuresOf([
          await measureEntries(system, { connections, seconds: budget.seconds(15, 4), concerts: count }),
        ]);
      found.push({ concerts: count, entries });
      pieces.tell(found);
    });
  await ground.stop(system.api, system.projector);
}
