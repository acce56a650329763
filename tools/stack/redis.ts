import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningServer, startServer } from './process.ts';
import { ask } from './wire.ts';

/** A Redis that lives reads its append-only file; after a long run of the benchmark that is broken off, some gigabytes. */
const LOADED_WITHIN_MS = 600_000;

export interface RedisOptions {
  readonly directory: string;
  readonly port: number;
  /** Further configuration, or other values for ours: directive -> value. */
  readonly config?: Readonly<Record<string, string>>;
  /** A command that becomes the server, given its command line. */
  readonly launcher?: readonly string[];
  readonly endsWithParent?: boolean;
}

/** Starts a Redis that keeps every write (append-only file) and evicts nothing, as the application demands. */
export function startRedis(options: RedisOptions): Promise<RunningServer> {
  const data = join(options.directory, 'data');
  mkdirSync(data, { recursive: true });
  const config: Record<string, string> = {
    bind: '127.0.0.1',
    port: String(options.port),
    dir: data,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    save: '',
    daemonize: 'no',
    ...options.config,
  };
  const [command, ...args] = [...(options.launcher ?? []), 'redis-server'];
  return startServer({
    name: 'redis',
    directory: options.directory,
    command,
    args: [...args, ...Object.entries(config).flatMap(([directive, value]) => [`--${directive}`, value])],
    answers: () => redisAnswers(options.port, config['requirepass']),
    withinMs: LOADED_WITHIN_MS,
    ...(options.endsWithParent && { endsWithParent: true }),
  });
}

/** True once it serves commands; a Redis that still loads its file answers PING with an error. */
export async function redisAnswers(port: number, password?: string): Promise<boolean> {
  const commands = [...(password === undefined ? [] : [`AUTH ${password}`]), 'PING'];
  const request = Buffer.from(commands.map((command) => `${command}\r\n`).join(''));
  const answer = await ask(port, request, (bytes) => bytes.toString().split('\r\n').length > commands.length);
  return answer.toString().endsWith('+PONG\r\n');
}
