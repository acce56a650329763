/** Runs the examples as separate processes. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../tools/stack/ports.ts';
import { startServer } from '../../tools/stack/process.ts';
import { PROJECT } from '../../tools/stack/settings.ts';
import { NODE } from './build.ts';
import { type DedicatedServer, dedicatedServer } from './dedicated-server.ts';

interface Example {
  readonly url: string;
  readonly server: DedicatedServer;
}

/** @param port default: a free one */
export async function startExample(
  name: 'protected-site' | 'waiting-page',
  settings: Readonly<Record<string, string>>,
  port?: number,
): Promise<Example> {
  const [free = 0] = port === undefined ? await freePorts(1) : [port];
  const url = `http://127.0.0.1:${free}`;
  const directory = await mkdtemp(join(tmpdir(), `${name}-`));
  const environment = { PORT: `${free}`, PAGE_DIRECTORY: join(directory, 'page'), ...settings };
  const server = await dedicatedServer(directory, () =>
    startServer({
      name,
      directory,
      command: NODE,
      args: [join(PROJECT, 'examples', name, 'server.ts')],
      environment,
      endsWithParent: true,
      answers: async () => (await fetch(url, { redirect: 'manual' })).status > 0,
    }),
  );
  return { url, server };
}
