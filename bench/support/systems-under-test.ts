/** The application and its rivals, started and open for requests. */
import { keepsEntries, type RivalKind } from '../baselines/baselines.ts';
import type { Ground } from './bench-environment.ts';
import type { MeasuredServer } from './processes.ts';
import type { System } from './system.ts';

export interface Application extends System {
  readonly api: MeasuredServer;
  readonly projector: MeasuredServer;
  readonly environment: Readonly<Record<string, string>>;
}

/** One process each for API and projector, with so many open queues. @param settings beside those of every installation */
export async function startConcertQueue(
  ground: Ground,
  concerts: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Application> {
  const environment = ground.installation(settings);
  const projector = await ground.application('projector', environment);
  const api = await ground.application('api', environment);
  const client = ground.client(api);
  for (let index = 0; index < concerts; index++) await client.open(`concert-${index}`);
  const pids = ground.pids(api, projector);
  const names = { name: 'concert-queue', title: 'concert-queue' };
  return { ...names, address: api.address, pids, client, api, projector, environment };
}

export interface Rival extends System {
  /** Ends what projects for it, for good. */
  readonly withoutProjection: () => Promise<System>;
}

export async function startRival(
  ground: Ground,
  kind: RivalKind,
  environment: Readonly<Record<string, string>>,
): Promise<Rival> {
  const door = await ground.rival(kind, environment);
  const projector = kind.desk === 'naive' ? await ground.literalProjector(kind, environment) : undefined;
  const names = { name: kind.name, title: kind.title, address: door.address };
  const client = keepsEntries(kind) ? { client: ground.client(door) } : {};
  const withoutProjection = async (): Promise<System> => {
    if (projector) await ground.stop(projector);
    return { ...names, pids: ground.pids(door), ...(projector ? {} : client) };
  };
  return { ...names, pids: ground.pids(door, projector), ...client, withoutProjection };
}
