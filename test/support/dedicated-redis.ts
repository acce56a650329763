import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../tools/stack/ports.ts';
import { startRedis } from '../../tools/stack/redis.ts';
import type { Certificate } from './certificate.ts';
import { type DedicatedServer, dedicatedServer } from './dedicated-server.ts';

export interface DedicatedRedis extends DedicatedServer {
  readonly port: number;
  readonly url: string;
  /** Folder of the append-only files. */
  readonly dataDirectory: string;
}

/**
 * Starts a Redis on a free port in its own folder. `config` adds to or replaces the directives of the stack. The url contains
 * the password.
 *
 * @param launcher command that runs the command line of the server
 */
export async function startDedicatedRedis(
  config: Readonly<Record<string, string>> = {},
  launcher: readonly string[] = [],
): Promise<DedicatedRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'private-redis-'));
  const [port = 0] = await freePorts(1);
  const server = await dedicatedServer(directory, () =>
    startRedis({ directory, port, config, launcher, endsWithParent: true }),
  );
  const login = config['requirepass'] === undefined ? '' : `:${encodeURIComponent(config['requirepass'])}@`;
  return Object.assign(server, {
    port,
    url: `redis://${login}127.0.0.1:${port}`,
    dataDirectory: join(directory, 'data'),
  });
}

/** Directives of a Redis with TLS on this port; the plain port stays open for the test. */
export function encryptedAt(port: number, { cert, key }: Certificate): Readonly<Record<string, string>> {
  return {
    'tls-port': `${port}`,
    'tls-cert-file': cert,
    'tls-key-file': key,
    'tls-ca-cert-file': cert,
    'tls-auth-clients': 'no',
  };
}
