/** What it takes to begin again: with the view as it was, with an empty Redis, and beside the live projection. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../tools/stack/settings.ts';
import type { Ground } from '../support/bench-environment.ts';
import { removeKeys } from '../support/clean-up.ts';
import type { Application } from '../support/systems-under-test.ts';

/** Of a process that starts while Redis holds nothing. */
export interface ColdStart {
  readonly events: number;
  /** From the start of the process until all is visible. */
  readonly seconds: number;
  /** The same less the start of an empty projector. */
  readonly eventsPerSecond: number;
}

/** By `projections rebuild`, while the live projection goes on. */
export interface Rebuild {
  /** Folded, as it reports. */
  readonly eventsPerSecond: number;
  /** Until the command has ended. */
  readonly seconds: number;
}

export type Started = Application & { readonly seconds: number };

/** Another process in the projector's place. @param between what happens while there is none */
export async function restarted(
  ground: Ground,
  system: Application,
  concertId: string,
  between = async (): Promise<void> => {},
): Promise<Started> {
  await ground.stop(system.projector);
  await between();
  const from = performance.now();
  const projector = await ground.application('projector', system.environment);
  await system.client?.caughtUp([concertId]);
  const seconds = (performance.now() - from) / 1000;
  return { ...system, projector, pids: ground.pids(system.api, projector), seconds };
}

/** @param emptySeconds what the start of an empty projector takes */
export async function startedCold(
  ground: Ground,
  system: Application,
  concertId: string,
  emptySeconds: number,
): Promise<ColdStart> {
  const events = (await system.client?.caughtUp([concertId]))?.values().next().value ?? 0;
  const { seconds } = await restarted(ground, system, concertId, () =>
    removeKeys(ground.servers, system.environment['NAME_PREFIX'] ?? ''),
  );
  if (seconds <= emptySeconds)
    throw new Error('An empty projector took as long to start: too few wait, or others were busy.');
  return { events, seconds, eventsPerSecond: events / (seconds - emptySeconds) };
}

export async function rebuilt({ environment }: Application, concertId: string): Promise<Rebuild> {
  const from = performance.now();
  const args = [join(PROJECT, 'dist', 'cli.js'), 'projections', 'rebuild', '--concert', concertId, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...environment } });
  const { partitions } = JSON.parse(stdout) as { readonly partitions: readonly { readonly eventsPerSecond: number }[] };
  return { eventsPerSecond: partitions[0]?.eventsPerSecond ?? 0, seconds: (performance.now() - from) / 1000 };
}
