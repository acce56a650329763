/** One concert with ever more people waiting: what an entry costs, how fast places are read, what it takes to begin again. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import type { LoadPlan } from '../../tools/load/plan.ts';
import { residentBytes } from '../../tools/load/resident-bytes.ts';
import { PROJECT } from '../../tools/stack/settings.ts';
import { rivalNamed } from '../rivals/rivals.ts';
import type { Budget } from '../support/budget.ts';
import { removeKeys } from '../support/clean-up.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { LogFiller } from '../support/fill-log.ts';
import type { Ground } from '../support/ground.ts';
import { type Application, startConcertQueue } from '../support/line-up.ts';
import { measure, measureEntries } from '../support/measure.ts';
import { RateSearch } from '../support/rate-search.ts';
import type { System } from '../support/system.ts';
import { warmUp } from '../support/warm-up.ts';

const CONCERT = 'concert-0';
const READ_BOUND_MS = 10;
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

export interface WaitingResult {
  readonly sizes: readonly AtSize[];
  readonly reads: {
    /** Own entries, closed loop; and the highest rate with p99 <= 10 ms, open loop. */
    readonly polls: Figures;
    readonly pollsSustained: number;
    /** The same of the limit, which answers at once. */
    readonly limitPolls: Figures;
    readonly limitPollsSustained: number;
    readonly documents: Figures;
    readonly documentsNotModified: Figures;
  };
  readonly start: {
    /** From the start of a projector's process until an entry is visible: with nobody waiting, and with all. */
    readonly emptySeconds: number;
    readonly seconds: number;
    readonly waiting: number;
    /** Resident after that, for each who waits, less what an empty projector takes. */
    readonly projectorBytes: number;
  };
  readonly rebuild: {
    readonly events: number;
    /** From the start of a process until all is visible, when Redis holds nothing. */
    readonly coldSeconds: number;
    /** The same less the start of an empty projector. */
    readonly coldEventsPerSecond: number;
    /** Beside the live projection, by `projections rebuild`: as it reports, and until the command has ended. */
    readonly besideEventsPerSecond: number;
    readonly besideSeconds: number;
  };
}

export async function waiting(ground: Ground, budget: Budget, sizes: readonly number[]): Promise<WaitingResult> {
  const system = await startConcertQueue(ground, 1);
  const filler = await LogFiller.open(system.environment);
  await system.client?.open('warm-up-0');
  await warmUp(system, { connections: CONNECTIONS, concertPrefix: 'warm-up-', seconds: budget.seconds(20, 6) });
  const begun = await restarted(ground, system);
  const empty = { seconds: begun.seconds, bytes: residentBytes(begun.projector.pid) };
  let application = begun;
  const plan = pollsPlan(ground);
  const found: AtSize[] = [];
  for (const size of sizes) {
    console.log(`${size.toLocaleString('en')} waiting`);
    await filler.enter(CONCERT, Math.max(LEAST_NEW, size - (await waitingOf(application))));
    await application.client?.caughtUp([CONCERT]);
    writeFileSync(plan.file, filler.tokens.join('\n'));
    found.push({ waiting: size, ...(await atSize(ground, application, plan.ask, budget, size)) });
  }
  const most = sizes.at(-1) ?? 0;
  console.log('reads');
  const reads = await readsOf(ground, application, plan.ask, budget);
  console.log('starting again');
  application = await restarted(ground, application);
  const bytes = residentBytes(application.projector.pid) - empty.bytes;
  const start = {
    emptySeconds: empty.seconds,
    seconds: application.seconds,
    waiting: most,
    projectorBytes: bytes / most,
  };
  console.log('rebuilding');
  const rebuild = await rebuilt(ground, application, empty.seconds);
  await filler.close();
  await ground.stop(system.api, rebuild.application.projector);
  return { sizes: found, reads, start, rebuild: rebuild.result };
}

type Started = Application & { readonly seconds: number };

/** Another process in the projector's place. @param between what happens while there is none */
async function restarted(
  ground: Ground,
  system: Application,
  between = async (): Promise<void> => {},
): Promise<Started> {
  await ground.stop(system.projector);
  await between();
  const from = performance.now();
  const projector = await ground.application('projector', system.environment);
  await system.client?.caughtUp([CONCERT]);
  const seconds = (performance.now() - from) / 1000;
  return { ...system, projector, pids: ground.pids(system.api, projector), seconds };
}

async function waitingOf({ address }: System): Promise<number> {
  const document = (await (await fetch(`${address}/v1/concerts/${CONCERT}/queue`)).json()) as {
    readonly waiting: number;
  };
  return document.waiting;
}

type Ask = LoadPlan['ask'];

function pollsPlan(ground: Ground): { readonly file: string; readonly ask: Ask } {
  const file = join(ground.directory, 'tokens.txt');
  return { file, ask: { kind: 'polls', tokensFile: file } };
}

async function atSize(
  ground: Ground,
  system: Application,
  polls: Ask,
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

async function readsOf(
  ground: Ground,
  system: Application,
  polls: Ask,
  budget: Budget,
): Promise<WaitingResult['reads']> {
  const kind = rivalNamed('limit');
  const atOnce = await ground.rival(kind, system.environment);
  const limit: System = { ...kind, address: atOnce.address, pids: ground.pids(atOnce) };
  const seconds = budget.seconds(15, 4);
  const closed = async (of: System, ask: Ask): Promise<Figures> =>
    figuresOf([await measure(of, { connections: CONNECTIONS, seconds, ask })]);
  await closed(limit, polls); // warms it up
  const [ours, theirs] = [await closed(system, polls), await closed(limit, polls)];
  const document = { kind: 'documents', concertId: CONCERT } as const;
  const result = {
    polls: ours,
    limitPolls: theirs,
    pollsSustained: await sustainedPolls(system, polls, ours.grantedPerSecond, seconds),
    limitPollsSustained: await sustainedPolls(limit, polls, theirs.grantedPerSecond, seconds),
    documents: await closed(system, { ...document, conditional: false }),
    documentsNotModified: await closed(system, { ...document, conditional: true }),
  };
  await ground.stop(atOnce);
  return result;
}

async function sustainedPolls(system: System, ask: Ask, saturated: number, seconds: number): Promise<number> {
  const search = new RateSearch(saturated, 0.1);
  for (let rate = search.next(READ_BOUND_MS), tries = 0; rate !== undefined && tries < 5; tries++) {
    const { load } = await measure(system, { connections: 2 * CONNECTIONS, seconds, ask, rate });
    search.tell({ rate, p99: load.p99, clean: load.refused + load.broken === 0 });
    rate = search.next(READ_BOUND_MS);
  }
  return search.best(READ_BOUND_MS);
}

async function rebuilt(ground: Ground, system: Application, emptySeconds: number) {
  const events = (await system.client?.caughtUp([CONCERT]))?.values().next().value ?? 0;
  const from = performance.now();
  const reported = await rebuildBeside(system);
  const besideSeconds = (performance.now() - from) / 1000;
  const application = await restarted(ground, system, () =>
    removeKeys(ground.servers, system.environment['NAME_PREFIX'] ?? ''),
  );
  const coldSeconds = application.seconds;
  const coldEventsPerSecond = events / (coldSeconds - emptySeconds);
  return {
    application,
    result: { events, coldSeconds, coldEventsPerSecond, besideEventsPerSecond: reported, besideSeconds },
  };
}

async function rebuildBeside({ environment }: Application): Promise<number> {
  const args = [join(PROJECT, 'dist', 'cli.js'), 'projections', 'rebuild', '--concert', CONCERT, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...environment } });
  const { partitions } = JSON.parse(stdout) as { readonly partitions: readonly { readonly eventsPerSecond: number }[] };
  return partitions[0]?.eventsPerSecond ?? 0;
}
