import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { requirePrograms } from '../../tools/stack/install.ts';
import { startServer } from '../../tools/stack/process.ts';
import { type DedicatedServer, dedicatedServer } from './dedicated-server.ts';

/** Debian installs servers outside the PATH of most users. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const program = (): string | undefined => FOLDERS.map((folder) => join(folder, 'nginx')).find(existsSync);
const NGINX = { what: 'nginx', isMet: () => program() !== undefined, apt: 'nginx', brew: 'nginx' };

/**
 * Starts a single-process nginx, independent of any other on the machine.
 *
 * @param http content of the http block, given a writable folder; must listen on 127.0.0.1
 * @param port on which it then responds, with any status
 */
export async function startDedicatedNginx(http: (folder: string) => string, port: number): Promise<DedicatedServer> {
  requirePrograms([NGINX], (line) => process.stderr.write(`${line}\n`));
  const directory = await mkdtemp(join(tmpdir(), 'private-nginx-'));
  const file = join(directory, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${join(directory, what)};`,
  );
  await writeFile(
    file,
    `daemon off; master_process off; pid ${join(directory, 'pid')};
     events { worker_connections 256; }
     http { access_log off; ${temporary.join(' ')}
     ${http(directory)} }`,
  );
  return dedicatedServer(directory, () =>
    startServer({
      name: 'nginx',
      directory,
      command: program() ?? 'nginx',
      args: ['-e', 'stderr', '-p', directory, '-c', file],
      endsWithParent: true,
      answers: async () => (await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' })).status > 0,
    }),
  );
}
