import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningServer, startServer } from './process.ts';

const run = promisify(execFile);
/** The one role and the one database of the stack. */
const OWNER = 'concert_queue';

export interface PostgresOptions {
  readonly directory: string;
  /** Folder of initdb, postgres and createdb; see `postgresPrograms`. */
  readonly programs: string;
  readonly port: number;
  readonly endsWithParent?: boolean;
}

/** Starts a PostgreSQL with one database, owned by a role without password: it listens on 127.0.0.1 alone. */
export async function startPostgres(options: PostgresOptions): Promise<RunningServer> {
  mkdirSync(options.directory, { recursive: true });
  const user = ordinaryUser();
  const data = dataFolder(options, user);
  const program = (name: string): string => join(options.programs, name);
  if (!existsSync(join(data, 'PG_VERSION'))) {
    await run(program('initdb'), ['-D', data, '-U', OWNER, '-A', 'trust', '-E', 'UTF8', '--no-locale'], {
      cwd: '/',
      ...user,
    });
  }
  const server = await startServer({
    name: 'postgres',
    directory: options.directory,
    command: program('postgres'),
    args: [
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(options.port),
      '-k',
      '',
      '-c',
      'shared_buffers=32MB',
      '-c',
      'max_prepared_transactions=8',
    ],
    answers: () => postgresAnswers(options.programs, options.port),
    ...(user && { user }),
    ...(options.endsWithParent && { endsWithParent: true }),
  });
  const sql = `select 1 from pg_database where datname = '${OWNER}'`;
  const found = await run(program('psql'), [...address(options.port), '-d', 'postgres', '-Atc', sql]);
  if (found.stdout.trim() !== '1') await run(program('createdb'), [...address(options.port), OWNER]);
  return server;
}

export async function postgresAnswers(programs: string, port: number): Promise<boolean> {
  const { stdout } = await run(join(programs, 'psql'), [...address(port), '-d', 'postgres', '-Atc', 'select 1'], {
    timeout: 5_000,
  });
  return stdout.trim() === '1';
}

const address = (port: number): string[] => ['-h', '127.0.0.1', '-p', String(port), '-U', OWNER];

type User = { readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root: then it runs as the package's own user, or as nobody. */
function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const name = accountExists('postgres') ? 'postgres' : 'nobody';
  return { uid: idOf('-u', name), gid: idOf('-g', name) };
}

function idOf(kind: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [kind, name], { encoding: 'utf8' }));
}

function accountExists(name: string): boolean {
  try {
    execFileSync('id', [name], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // id's only answer to an unknown name is its exit status
  }
}

/** A folder that the server's user can reach: ours, or one under the temporary folder when ours lies in a closed home. */
function dataFolder({ directory, programs }: PostgresOptions, user: User | undefined): string {
  const version =
    execFileSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' }).match(/\d+/)?.[0] ?? '0';
  const inside = join(directory, `data-${version}`); // each major version reads only its own files
  if (!user) return inside;
  const data = canEnter(directory, user)
    ? inside
    : join(tmpdir(), `concert-queue-postgres-${createHash('sha256').update(inside).digest('hex').slice(0, 12)}`);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chownSync(data, user.uid, user.gid);
  return data;
}

function canEnter(directory: string, user: User): boolean {
  try {
    execFileSync('test', ['-x', directory], { cwd: '/', ...user });
    return true;
  } catch {
    return false; // test's exit status is the answer
  }
}
