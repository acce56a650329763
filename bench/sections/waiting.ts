/** One concert with more and more waiting users: cost of an entry, rate of reads, restart and rebuild. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { LoadPlan } from '../../tools/load/plan.ts';
import { residentBytes } from '../../tools/load/resident-bytes.ts';
import type { BenchEnvironment } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { LogFiller } from '../support/fill-log.ts';
import { measure, measureEntries } from '../support/measure.ts';
import type { StepRunner } from '../support/step-runner.ts';
import type { System } from '../support/system.ts';
import { type Application, startConcertQueue } from '../support/systems-under-test.ts';
import { warmUp } from '../support/warm-up.ts';
import { type Reads, readsOf } from './reads.ts';
import {
  type ColdStart,
  measureColdStart,
  measureRebuild,
  type Rebuild,
  restartProjector,
} from './restart-recovery.ts';

const CONCERT = 'concert-0';
const CONNECTIONS = 64;
/** Adds at least so many users, for their tokens. */
const MIN_NEW = 2000;

export interface AtSize {
  readonly waiting: number;
  readonly entries: Figures;
  readonly polls: Figures;
  /** Bytes per waiting user. */
  readonly redisBytes: number;
}

/** From the start of a projector until an entry is visible: with an empty queue and with all waiting users. */
export interface Start {
  readonly emptySeconds: number;
  readonly seconds: number;
  readonly waiting: number;
  /** Resident bytes per waiting user after that, without those of an empty projector. */
  readonly projectorBytes: number;
}

export interface WaitingResult {
  readonly sizes: readonly AtSize[];
  readonly reads?: Reads;
  readonly start?: Start;
  readonly rebuild?: Rebuild;
  readonly cold?: ColdStart;
}

export async function waiting(
  bench: BenchEnvironment,
  budget: Budget,
  steps: StepRunner<WaitingResult>,
  sizes: readonly number[],
): Promise<void> {
  const system = await startConcertQueue(bench, 1);
  const filler = await LogFiller.open(system.environment);
  await system.client?.open('warm-up-0');
  await warmUp(system, { connections: CONNECTIONS, concertPrefix: 'warm-up-', seconds: budget.seconds(20, 6) });
  const restarted = await restartProjector(bench, system, CONCERT);
  const empty = { seconds: restarted.seconds, bytes: residentBytes(restarted.projector.pid) };
  const file = join(bench.directory, 'tokens.txt');
  const polls = { kind: 'polls', tokensFile: file } as const;
  let found: WaitingResult = { sizes: [] };
  const step = async (name: string, work: () => Promise<Partial<WaitingResult>>): Promise<void> => {
    console.log(name);
    const more = await steps.do(name, work);
    if (!more) return;
    found = { ...found, ...more };
    steps.record(found);
  };
  for (const size of sizes)
    await step(`${size.toLocaleString('en')} waiting`, async () => {
      await filler.enter(CONCERT, Math.max(MIN_NEW, size - (await waitingOf(restarted))));
      await restarted.client?.caughtUp([CONCERT]);
      writeFileSync(file, filler.tokens.join('\n'));
      return { sizes: [...found.sizes, { waiting: size, ...(await atSize(bench, restarted, polls, budget, size)) }] };
    });
  await filler.close();
  await step('reads', async () => ({
    reads: await readsOf(bench, restarted, { concertId: CONCERT, polls }, budget),
  }));
  let again: Application = restarted;
  await step('start', async () => {
    const most = await waitingOf(restarted);
    const started = await restartProjector(bench, restarted, CONCERT);
    again = started;
    const projectorBytes = (residentBytes(started.projector.pid) - empty.bytes) / most;
    return { start: { emptySeconds: empty.seconds, seconds: started.seconds, waiting: most, projectorBytes } };
  });
  await step('rebuild', async () => ({ rebuild: await measureRebuild(again, CONCERT) }));
  await step('cold', async () => ({ cold: await measureColdStart(bench, again, CONCERT, empty.seconds) }));
}

async function waitingOf({ address }: System): Promise<number> {
  const document = (await (await fetch(`${address}/v1/concerts/${CONCERT}/queue`)).json()) as {
    readonly waiting: number;
  };
  return document.waiting;
}

async function atSize(
  bench: BenchEnvironment,
  system: Application,
  polls: LoadPlan['workload'],
  budget: Budget,
  size: number,
): Promise<Omit<AtSize, 'waiting'>> {
  const seconds = budget.seconds(10, 3);
  const polled = await measure(system, { connections: CONNECTIONS, seconds, workload: polls });
  const redisBytes = (await redisBytesOf(bench, system)) / size;
  const entries = await measureEntries(system, { connections: 4 * CONNECTIONS, seconds });
  return { entries: figuresOf([entries]), polls: figuresOf([polled]), redisBytes };
}

async function redisBytesOf(bench: BenchEnvironment, { environment }: Application): Promise<number> {
  const redis = new Redis(bench.servers['REDIS_URL'] ?? '');
  let bytes = 0;
  for (const key of await redis.keys(`${environment['NAME_PREFIX']}queue:{${CONCERT}}:*`))
    bytes += Number(await redis.memory('USAGE', key, 'SAMPLES', 1000));
  redis.disconnect();
  return bytes;
}
