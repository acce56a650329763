/** Runs one fault case: traffic, fault, recovery, and the promise checks on all calls and records. */
import { setTimeout as pause } from 'node:timers/promises';
import { brokenPromises } from '../history/check-history.ts';
import { readHistory } from '../history/checked-history.ts';
import type { History, Outage } from '../history/history.ts';
import { type SimulationParameters, simulateUsers } from '../history/simulated-users.ts';
import { falseRejections } from './false-rejections.ts';
import type { FaultCase, FaultResult, LogLossCase } from './fault-case.ts';
import { FaultEnvironment } from './fault-environment.ts';
import { IdleConcertProbe } from './idle-concert.ts';
import { waitUntilServed } from './recovery-probe.ts';
import type { Brokers } from './servers.ts';

const DEFAULT_SIMULATION: SimulationParameters = {
  usersPerConcert: 30,
  forMs: 4_000,
  settleWithinMs: 30_000,
  claimWindowSeconds: 1,
  activeWindowSeconds: 2,
  thinkMs: 400,
  entries: 1_000,
};
const BEFORE_MS = 1_500;
const AFTERWARDS_MS = 1_500;
const HOLD_TIMEOUT_MS = 20_000;
const LASTS_MS = 3_000;
/** A shorter fault is no outage: the owner sends a heartbeat every 400 ms, and a gap is longer than a second. */
const MIN_OUTAGE_MS = 1_500;

/** Monotonic milliseconds. */
interface FaultTimeline {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly healedAt: number;
}

export async function runFaultCase(
  faultCase: FaultCase | LogLossCase,
  brokers: Brokers,
  seed: number,
): Promise<FaultResult> {
  const setup = faultCase.setup ?? {};
  await using environment = await FaultEnvironment.open(await brokers.of(setup), setup);
  return 'run' in faultCase
    ? await runLogLossCase(faultCase, environment)
    : await runTrafficCase(faultCase, environment, seed);
}

async function runLogLossCase({ fault, phase, run }: LogLossCase, environment: FaultEnvironment): Promise<FaultResult> {
  const from = performance.now();
  const failures = await run(environment).then(
    () => [],
    (error: unknown) => [String(error)],
  );
  const lastedMs = Math.round(performance.now() - from);
  return { fault, phase, seen: environment.notes.join('; '), lastedMs, healedMs: null, failures };
}

async function runTrafficCase(faultCase: FaultCase, environment: FaultEnvironment, seed: number): Promise<FaultResult> {
  let timeline: FaultTimeline | undefined;
  const idleConcert = await IdleConcertProbe.start(environment);
  const { calls: userCalls, isSettled } = await simulateUsers(
    environment.driver,
    seed,
    { ...DEFAULT_SIMULATION, ...faultCase.simulation },
    async () => {
      await pause(BEFORE_MS);
      timeline = await injectFault(faultCase, environment);
      await pause(AFTERWARDS_MS);
    },
  );
  if (!timeline) throw new Error('the fault was not injected');
  const { startedAt, endedAt, healedAt } = timeline;
  const violations = await idleConcert.violations();
  const calls = [...userCalls, ...environment.probeLog.calls];
  const outages = outagesOf(faultCase, environment, startedAt, endedAt);
  const history = await readHistory(environment.installation, { seed, calls, outages, before: environment.formerLog });
  const failures = [
    ...(isSettled ? [] : ['entries were live at the end']),
    ...[environment.api, environment.projector].flatMap(({ alive, complaints }) =>
      alive ? [] : [`ended: ${complaints}`],
    ),
    ...violations,
    ...promisesBrokenIn(history),
    ...falseRejections(history).slice(0, 5),
    ...environment.answers.wrong(faultCase.breaksApi && { from: startedAt, to: healedAt }),
  ];
  await faultCase.verify?.(environment).catch((error: unknown) => failures.push(String(error)));
  const counts = [...environment.answers.countsBetween(startedAt, healedAt)].map(
    ([what, count]) => `${count} × ${what}`,
  );
  const seen = [...environment.notes, `answers: ${counts.join(', ') || 'none'}`].join('; ');
  const { fault, phase } = faultCase;
  const [lastedMs, healedMs] = [Math.round(endedAt - startedAt), Math.round(healedAt - endedAt)];
  return { fault, phase, seen, lastedMs, healedMs, failures };
}

async function injectFault(faultCase: FaultCase, environment: FaultEnvironment): Promise<FaultTimeline> {
  const held = await Promise.race([
    environment.holdMessage(faultCase),
    pause(HOLD_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new Error(`no message was held ${faultCase.phase} within ${HOLD_TIMEOUT_MS} ms`);
    }),
  ]);
  environment.markInjected();
  await faultCase.cause(environment, held);
  const startedAt = environment.injectedAt ?? 0;
  await pause(faultCase.lastsMs ?? LASTS_MS);
  const endedAt = performance.now();
  await faultCase.heal(environment, held);
  await waitUntilServed(environment);
  return { startedAt, endedAt, healedAt: performance.now() };
}

function outagesOf(
  { outage }: FaultCase,
  { installation }: FaultEnvironment,
  startedAt: number,
  endedAt: number,
): readonly Outage[] {
  if (!outage || endedAt - startedAt < MIN_OUTAGE_MS) return [];
  const [from = 0, to = 0] = [startedAt, endedAt].map((at) => Math.ceil(performance.timeOrigin + at));
  const all = Array.from({ length: installation.partitions }, (_, partition) => partition);
  const affected = outage === true ? all : [installation.partitionOf(outage)];
  return affected.map((partition) => ({ partition, from, to }));
}

function promisesBrokenIn(history: History): string[] {
  return [...brokenPromises(history)].flatMap(([promise, violations]) => violations.map((one) => `${promise}: ${one}`));
}
