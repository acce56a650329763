/** Starts the application and the baselines. */
import { type Baseline, keepsEntries } from '../baselines/baselines.ts';
import type { BenchEnvironment } from './bench-environment.ts';
import type { MeasuredServer } from './processes.ts';
import type { System } from './system.ts';

export interface Application extends System {
  readonly api: MeasuredServer;
  readonly projector: MeasuredServer;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts an API and a projector with so many open queues. @param settings additional settings */
export async function startConcertQueue(
  bench: BenchEnvironment,
  concerts: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Application> {
  const environment = bench.installation(settings);
  const projector = await bench.application('projector', environment);
  const api = await bench.application('api', environment);
  const client = bench.client(api);
  for (let index = 0; index < concerts; index++) await client.open(`concert-${index}`);
  const pids = bench.pids(api, projector);
  const names = { name: 'concert-queue', title: 'concert-queue' };
  return { ...names, address: api.address, pids, client, api, projector, environment };
}

export interface BaselineSystem extends System {
  /** Stops its projector for good. */
  readonly withoutProjection: () => Promise<System>;
}

export async function startBaseline(
  bench: BenchEnvironment,
  kind: Baseline,
  environment: Readonly<Record<string, string>>,
): Promise<BaselineSystem> {
  const server = await bench.baseline(kind, environment);
  const projector = kind.backend === 'naive' ? await bench.naiveProjector(kind, environment) : undefined;
  const names = { name: kind.name, title: kind.title, address: server.address };
  const client = keepsEntries(kind) ? { client: bench.client(server) } : {};
  const withoutProjection = async (): Promise<System> => {
    if (projector) await bench.stop(projector);
    return { ...names, pids: bench.pids(server), ...(projector ? {} : client) };
  };
  return { ...names, pids: bench.pids(server, projector), ...client, withoutProjection };
}
