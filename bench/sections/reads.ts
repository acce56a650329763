/** How fast places are read, beside the same route with nothing behind it. */
import type { LoadPlan } from '../../tools/load/plan.ts';
import { rivalNamed } from '../baselines/baselines.ts';
import type { Ground } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { measure } from '../support/measure.ts';
import { RateSearch } from '../support/rate-search.ts';
import type { System } from '../support/system.ts';
import type { Application } from '../support/systems-under-test.ts';

const READ_BOUND_MS = 10;
const CONNECTIONS = 64;
/** Of each. */
const MOST_PROBES = 10;

export interface Reads {
  /** Own entries, closed loop; and the highest rate with p99 <= 10 ms, open loop. */
  readonly polls: Figures;
  readonly pollsSustained: number;
  /** The same of the limit, which answers at once. */
  readonly limitPolls: Figures;
  readonly limitPollsSustained: number;
  readonly documents: Figures;
  readonly documentsNotModified: Figures;
}

type Ask = LoadPlan['ask'];

/** @param concertId its document is read; @param polls the own entries that are */
export async function readsOf(
  ground: Ground,
  system: Application,
  { concertId, polls }: { readonly concertId: string; readonly polls: Ask },
  budget: Budget,
): Promise<Reads> {
  const kind = rivalNamed('no-op');
  const atOnce = await ground.rival(kind, system.environment);
  const limit: System = { ...kind, address: atOnce.address, pids: ground.pids(atOnce) };
  const seconds = budget.seconds(15, 4);
  const closed = async (of: System, ask: Ask): Promise<Figures> =>
    figuresOf([await measure(of, { connections: CONNECTIONS, seconds, ask })]);
  await closed(limit, polls); // warms it up
  const [ours, theirs] = [await closed(system, polls), await closed(limit, polls)];
  const [polling, answering] = [contender(system, ours), contender(limit, theirs)];
  // In turn, so that a slow minute hits both.
  for (let probe = 0; probe < MOST_PROBES; probe++)
    for (const one of [polling, answering]) await tryNext(one, polls, seconds);
  const document = { kind: 'documents', concertId } as const;
  const result = {
    polls: ours,
    limitPolls: theirs,
    pollsSustained: polling.search.best(READ_BOUND_MS),
    limitPollsSustained: answering.search.best(READ_BOUND_MS),
    documents: await closed(system, { ...document, conditional: false }),
    documentsNotModified: await closed(system, { ...document, conditional: true }),
  };
  await ground.stop(atOnce);
  return result;
}

interface Contender {
  readonly system: System;
  readonly search: RateSearch;
}

function contender(system: System, { grantedPerSecond }: Figures): Contender {
  return { system, search: new RateSearch(grantedPerSecond, 0.1) };
}

async function tryNext({ system, search }: Contender, ask: Ask, seconds: number): Promise<void> {
  const rate = search.next(READ_BOUND_MS);
  if (rate === undefined) return;
  const { load } = await measure(system, { connections: 2 * CONNECTIONS, seconds, ask, rate });
  search.tell({ rate, p99: load.p99, clean: load.refused + load.broken === 0 });
}
