/** Measures a restart with an intact view, a restart with an empty Redis, and a rebuild beside the live projection. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../tools/stack/settings.ts';
import type { BenchEnvironment } from '../support/bench-environment.ts';
import { removeKeys } from '../support/clean-up.ts';
import type { Application } from '../support/systems-under-test.ts';

/** A start with an empty Redis. */
export interface ColdStart {
  readonly events: number;
  /** From the start of the process until all entries are visible. */
  readonly seconds: number;
  /** Without the time to start an empty projector. */
  readonly eventsPerSecond: number;
}

/** `projections rebuild` beside the live projection. */
export interface Rebuild {
  /** Reported by the command. */
  readonly eventsPerSecond: number;
  /** Until the command ended. */
  readonly seconds: number;
}

export type RestartedApplication = Application & { readonly seconds: number };

/** Replaces the projector process. @param between runs while no projector runs */
export async function restartProjector(
  bench: BenchEnvironment,
  system: Application,
  concertId: string,
  between = async (): Promise<void> => {},
): Promise<RestartedApplication> {
  await bench.stop(system.projector);
  await between();
  const from = performance.now();
  const projector = await bench.application('projector', system.environment);
  await system.client?.caughtUp([concertId]);
  const seconds = (performance.now() - from) / 1000;
  return { ...system, projector, pids: bench.pids(system.api, projector), seconds };
}

/** @param emptySeconds time to start an empty projector */
export async function measureColdStart(
  bench: BenchEnvironment,
  system: Application,
  concertId: string,
  emptySeconds: number,
): Promise<ColdStart> {
  const events = (await system.client?.caughtUp([concertId]))?.values().next().value ?? 0;
  const { seconds } = await restartProjector(bench, system, concertId, () =>
    removeKeys(bench.servers, system.environment['NAME_PREFIX'] ?? ''),
  );
  if (seconds <= emptySeconds)
    throw new Error('The start of an empty projector took as long: too few users wait, or the machine was busy.');
  return { events, seconds, eventsPerSecond: events / (seconds - emptySeconds) };
}

export async function measureRebuild({ environment }: Application, concertId: string): Promise<Rebuild> {
  const from = performance.now();
  const args = [join(PROJECT, 'dist', 'cli.js'), 'projections', 'rebuild', '--concert', concertId, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...environment } });
  const { partitions } = JSON.parse(stdout) as { readonly partitions: readonly { readonly eventsPerSecond: number }[] };
  return { eventsPerSecond: partitions[0]?.eventsPerSecond ?? 0, seconds: (performance.now() - from) / 1000 };
}
