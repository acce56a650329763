/** The processes under measurement: each on a port of its own, ended with the benchmark. */
import { join } from 'node:path';
import { freePorts } from '../../tools/stack/ports.ts';
import { type RunningServer, startServer } from '../../tools/stack/process.ts';
import { PROJECT } from '../../tools/stack/settings.ts';

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

/** A process of the application. Resolves when its roles can do their work. */
export function startApplication(role: 'api' | 'projector', settings: ServerSettings): Promise<MeasuredServer> {
  const { directory, profile } = settings;
  const profiled = profile ? ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${role}.cpuprofile`] : [];
  return start(role, settings, (port) => ({
    args: [...profiled, join(PROJECT, 'dist', 'main.js')],
    environment: { ...settings.environment, ROLES: role, PORT: String(port), HOST: '127.0.0.1' },
  }));
}

/** The same route with nothing behind it. */
export function startRouteAtOnce(settings: ServerSettings): Promise<MeasuredServer> {
  const file = join(import.meta.dirname, '..', 'route-at-once.ts');
  return start('route-at-once', settings, (port) => ({ args: [file, String(port)], environment: {} }));
}

async function start(
  name: string,
  { directory }: ServerSettings,
  command: (port: number) => { readonly args: string[]; readonly environment: Record<string, string> },
): Promise<MeasuredServer> {
  const [port = 0] = await freePorts(1);
  const address = `http://127.0.0.1:${port}`;
  const answers = async (): Promise<boolean> => {
    const { status } = await fetch(`${address}/health/ready`);
    return status === 200 || (status === 404 && name === 'route-at-once');
  };
  const server = await startServer({
    ...command(port),
    name,
    directory,
    command: process.execPath,
    endsWithParent: true,
    answers,
  });
  return { ...server, address };
}
