/** Starts the processes under measurement, each on its own port; they end with the benchmark. */
import { join } from 'node:path';
import { freePorts } from '../../tools/stack/ports.ts';
import { type RunningServer, startServer } from '../../tools/stack/process.ts';
import { PROJECT } from '../../tools/stack/settings.ts';
import type { Baseline } from '../baselines/baselines.ts';

export interface MeasuredServer extends RunningServer {
  /** `http://host:port` */
  readonly address: string;
}

export interface ServerSettings {
  readonly environment: Readonly<Record<string, string>>;
  /** Folder for logs and, when profiled, profiles. */
  readonly directory: string;
  readonly profile?: boolean;
}

/** As in production (ADR 32), also for the baselines: V8 keeps its heap while other systems are measured. */
const NODE_FLAGS = ['--no-memory-reducer', '--no-allocation-site-pretenuring'];
const BASELINES = join(import.meta.dirname, '..', 'baselines');

/** Starts a process of the application. Resolves when it is ready. */
export function startApplication(
  role: 'api' | 'projector',
  settings: ServerSettings,
  name: string = role,
): Promise<MeasuredServer> {
  return start(name, settings, (port) => ({
    args: [join(PROJECT, 'dist', 'main.js')],
    environment: { ...settings.environment, ROLES: role, PORT: String(port), HOST: '127.0.0.1' },
    isReady: (status) => status === 200,
  }));
}

/** Starts the server of a baseline. Resolves when it listens. */
export function startBaseline({ name }: Baseline, settings: ServerSettings): Promise<MeasuredServer> {
  return start(name, settings, (port) => ({
    args: [join(BASELINES, 'serve.ts'), name, String(port)],
    environment: baselineEnvironment(name, settings),
    isReady: (status) => status === 404, // it has no such route
  }));
}

/** Starts the projector of a naive baseline. Resolves when it has joined its group. */
export function startNaiveProjector({ name }: Baseline, settings: ServerSettings): Promise<MeasuredServer> {
  return start(`${name}-projector`, settings, (port) => ({
    args: [join(BASELINES, 'naive-projector.ts'), String(port)],
    environment: baselineEnvironment(name, settings),
    isReady: (status) => status === 200,
  }));
}

/** Separates the keys of the baselines. */
function baselineEnvironment(name: string, { environment }: ServerSettings): Record<string, string> {
  return { ...environment, NAME_PREFIX: `${environment['NAME_PREFIX'] ?? ''}${name}.` };
}

interface Command {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly isReady: (status: number) => boolean;
}

async function start(
  name: string,
  { directory, profile }: ServerSettings,
  command: (port: number) => Command,
): Promise<MeasuredServer> {
  const [port = 0] = await freePorts(1);
  const address = `http://127.0.0.1:${port}`;
  const profiled = profile ? ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}.cpuprofile`] : [];
  const { args, environment, isReady } = command(port);
  const server = await startServer({
    name,
    directory,
    environment,
    command: process.execPath,
    args: [...NODE_FLAGS, ...profiled, ...args],
    endsWithParent: true,
    answers: async () => isReady((await fetch(`${address}/health/ready`)).status),
  });
  return { ...server, address };
}
