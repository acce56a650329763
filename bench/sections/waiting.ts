/** One concert with ever more people waiting: what an entry costs, how fast places are read, what it takes to begin again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { LoadPlan } from '../../tools/load/plan.ts';
import { residentBytes } from '../../tools/load/resident-bytes.ts';
import type { Ground } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { LogFiller } from '../support/fill-log.ts';
import { measure, measureEntries } from '../support/measure.ts';
import type { Pieces } from '../support/step-runner.ts';
import type { System } from '../support/system.ts';
import { type Application, startConcertQueue } from '../support/systems-under-test.ts';
import { warmUp } from '../support/warm-up.ts';
import { type Reads, readsOf } from './reads.ts';
import { type ColdStart, type Rebuild, rebuilt, restarted, startedCold } from './restart-recovery.ts';

const CONCERT = 'concert-0';
const CONNECTIONS = 64;
/** For their tokens, when those who came before were enough. */
const LEAST_NEW = 2000;

export interface AtSize {
  readonly waiting: number;
  readonly entries: Figures;
  readonly polls: Figures;
  /** Bytes for each who waits. */
  readonly redisBytes: number;
}

/** From the start of a projector's process until an entry is visible: with nobody waiting, and with all. */
export interface Start {
  readonly emptySeconds: number;
  readonly seconds: number;
  readonly waiting: number;
  /** Resident after that, for each who waits, less what an empty projector takes. */
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
  ground: Ground,
  budget: Budget,
  pieces: Pieces<WaitingResult>,
  sizes: readonly number[],
): Promise<void> {
  const system = await startConcertQueue(ground, 1);
  const filler = await LogFiller.open(system.environment);
  await system.client?.open('warm-up-0');
  await warmUp(system, { connections: CONNECTIONS, concertPrefix: 'warm-up-', seconds: budget.seconds(20, 6) });
  const begun = await restarted(ground, system, CONCERT);
  const empty = { seconds: begun.seconds, bytes: residentBytes(begun.projector.pid) };
  const file = join(ground.directory, 'tokens.txt');
  const polls = { kind: 'polls', tokensFile: file } as const;
  let found: WaitingResult = { sizes: [] };
  const piece = async (name: string, work: () => Promise<Partial<WaitingResult>>): Promise<void> => {
    console.log(name);
    const more = await pieces.do(name, work);
    if (!more) return;
    found = { ...found, ...more };
    pieces.tell(found);
  };
  for (const size of sizes)
    await piece(`${size.toLocaleString('en')} waiting`, async () => {
      await filler.enter(CONCERT, Math.max(LEAST_NEW, size - (await waitingOf(begun))));
      await begun.client?.caughtUp([CONCERT]);
      writeFileSync(file, filler.tokens.join('\n'));
      return { sizes: [...found.sizes, { waiting: size, ...(await atSize(ground, begun, polls, budget, size)) }] };
    });
  await filler.close();
  await piece('reads', async () => ({
    reads: await readsOf(ground, begun, { concertId: CONCERT, polls }, budget),
  }));
  let again: Application = begun;
  await piece('start', async () => {
    const most = await waitingOf(begun);
    const started = await restarted(ground, begun, CONCERT);
    again = started;
    const projectorBytes = (residentBytes(started.projector.pid) - empty.bytes) / most;
    return { start: { emptySeconds: empty.seconds, seconds: started.seconds, waiting: most, projectorBytes } };
  });
  await piece('rebuild', async () => ({ rebuild: await rebuilt(again, CONCERT) }));
  await piece('cold', async () => ({ cold: await startedCold(ground, again, CONCERT, empty.seconds) }));
}

async function waitingOf({ address }: System): Promise<number> {
  const document = (await (await fetch(`${address}/v1/concerts/${CONCERT}/queue`)).json()) as {
    readonly waiting: number;
  };
  return document.waiting;
}

async function atSize(
  ground: Ground,
  system: Application,
  polls: LoadPlan['ask'],
  budget: Budget,
  size: number,
): Promise<Omit<AtSize, 'waiting'>> {
  const seconds = budget.seconds(10, 3);
  const polled = await measure(system, { connections: CONNECTIONS, seconds, ask: polls });
  const redisBytes = (await redisBytesOf(ground, system)) / size;
  const entries = await measureEntries(system, { connections: 4 * CONNECTIONS, seconds });
  return { entries: figuresOf([entries]), polls: figuresOf([polled]), redisBytes };
}

async function redisBytesOf(ground: Ground, { environment }: Application): Promise<number> {
  const redis = new Redis(ground.servers['REDIS_URL'] ?? '');
  let bytes = 0;
  for (const key of await redis.keys(`${environment['NAME_PREFIX']}queue:{${CONCERT}}:*`))
    bytes += Number(await redis.memory('USAGE', key, 'SAMPLES', 1000));
  redis.disconnect();
  return bytes;
}
