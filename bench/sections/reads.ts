/** The rate of reads of entries and queue documents, compared with a no-op route. */
import type { LoadPlan } from '../../tools/load/plan.ts';
import { baselineNamed } from '../baselines/baselines.ts';
import type { BenchEnvironment } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { measure } from '../support/measure.ts';
import { RateSearch } from '../support/rate-search.ts';
import type { System } from '../support/system.ts';
import type { Application } from '../support/systems-under-test.ts';

const READ_BOUND_MS = 10;
const CONNECTIONS = 64;
/** For each system. */
const MAX_PROBES = 10;

export interface Reads {
  /** Own entries, closed loop; and the highest rate with p99 <= 10 ms, open loop. */
  readonly polls: Figures;
  readonly pollsSustained: number;
  /** The same for the no-op baseline. */
  readonly limitPolls: Figures;
  readonly limitPollsSustained: number;
  readonly documents: Figures;
  readonly documentsNotModified: Figures;
}

type Workload = LoadPlan['workload'];

/** @param concertId of the queue document @param polls the own entries to read */
export async function readsOf(
  bench: BenchEnvironment,
  system: Application,
  { concertId, polls }: { readonly concertId: string; readonly polls: Workload },
  budget: Budget,
): Promise<Reads> {
  const kind = baselineNamed('no-op');
  const noOp = await bench.baseline(kind, system.environment);
  const limit: System = { ...kind, address: noOp.address, pids: bench.pids(noOp) };
  const seconds = budget.seconds(15, 4);
  const closed = async (of: System, workload: Workload): Promise<Figures> =>
    figuresOf([await measure(of, { connections: CONNECTIONS, seconds, workload })]);
  await closed(limit, polls); // warm-up
  const [own, limitPolls] = [await closed(system, polls), await closed(limit, polls)];
  const [polling, answering] = [measuredSystem(system, own), measuredSystem(limit, limitPolls)];
  // Alternate, so that a disturbance affects both.
  for (let probe = 0; probe < MAX_PROBES; probe++)
    for (const one of [polling, answering]) await tryNext(one, polls, seconds);
  const document = { kind: 'documents', concertId } as const;
  const result = {
    polls: own,
    limitPolls,
    pollsSustained: polling.search.best(READ_BOUND_MS),
    limitPollsSustained: answering.search.best(READ_BOUND_MS),
    documents: await closed(system, { ...document, conditional: false }),
    documentsNotModified: await closed(system, { ...document, conditional: true }),
  };
  await bench.stop(noOp);
  return result;
}

interface MeasuredSystem {
  readonly system: System;
  readonly search: RateSearch;
}

function measuredSystem(system: System, { grantedPerSecond }: Figures): MeasuredSystem {
  return { system, search: new RateSearch(grantedPerSecond, 0.1) };
}

async function tryNext({ system, search }: MeasuredSystem, workload: Workload, seconds: number): Promise<void> {
  const rate = search.next(READ_BOUND_MS);
  if (rate === undefined) return;
  const { load } = await measure(system, { connections: 2 * CONNECTIONS, seconds, workload, rate });
  search.record({ rate, p99: load.p99, clean: load.unexpected + load.failed === 0 });
}
