import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresPrograms } from '../../tools/stack/install.ts';
import { freePorts } from '../../tools/stack/ports.ts';
import { startPostgres } from '../../tools/stack/postgres.ts';
import { type DedicatedServer, dedicatedServer } from './dedicated-server.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface DedicatedPostgres extends DedicatedServer {
  readonly url: string;
  /** The same server through `proxy`. */
  readonly urlThroughProxy: string;
  readonly proxy: TcpProxy;
}

/** Starts a PostgreSQL on a free port and in its own folder, with a proxy in front. */
export async function startDedicatedPostgres(): Promise<DedicatedPostgres> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed.');
  const directory = await mkdtemp(join(tmpdir(), 'private-postgres-'));
  await chmod(directory, 0o711); // PostgreSQL may run as another user
  const [port = 0, proxyPort = 0] = await freePorts(2);
  const server = await dedicatedServer(directory, () =>
    startPostgres({ directory, programs, port, endsWithParent: true }),
  );
  const proxy = await TcpProxy.start({ port: proxyPort, targetPort: port });
  const { close } = server;
  const urlOf = (at: number): string => `postgres://concert_queue@127.0.0.1:${at}/concert_queue`;
  return Object.assign(server, {
    url: urlOf(port),
    urlThroughProxy: urlOf(proxyPort),
    proxy,
    close: async () => {
      await proxy.close();
      await close();
    },
  });
}
