/** Servers as processes of the operating system: started apart from us, remembered by id, and ended by that id alone. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StackError } from './settings.ts';

export interface ServerCommand {
  /** Names the process in messages, and its `<name>.log` and `<name>.pid` in the directory. */
  readonly name: string;
  readonly directory: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs as this user instead of ours; only root can ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Killed by the kernel when our process ends, however it ends (Linux; elsewhere the caller's `stop` alone ends it). */
  readonly endsWithParent?: boolean;
  /** True once the server really answers; may reject while it does not. */
  readonly answers: () => Promise<boolean>;
  readonly withinMs?: number;
}

export interface RunningServer {
  readonly name: string;
  readonly pid: number;
  isAlive(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL. Resolves when the process is gone; its data is what a crash leaves. */
  kill(): Promise<void>;
  /** SIGTERM, and SIGKILL after `withinMs` (default 10 s). Resolves when the process is gone. */
  stop(withinMs?: number): Promise<void>;
}

/** Starts a server and waits until it answers. Throws StackError with the end of its log if it dies or stays silent. */
export async function startServer(server: ServerCommand): Promise<RunningServer> {
  mkdirSync(server.directory, { recursive: true });
  const log = openSync(logFile(server.directory, server.name), 'a');
  const [command, args] = server.endsWithParent ? boundToUs(server) : [server.command, server.args];
  const child = spawn(command, args, {
    cwd: server.user ? '/' : server.directory, // another user may not be let into ours
    detached: true, // its own process group: a Ctrl-C at the terminal reaches us, and we decide
    stdio: ['ignore', log, log],
    env: { ...process.env, ...server.environment },
    ...server.user,
  });
  closeSync(log);
  let died: string | undefined;
  child.once('error', (error) => (died = error.message));
  child.once('exit', (code, signal) => (died = `ended with ${signal ?? `status ${code}`}`));
  child.unref();
  const pid = child.pid;
  if (pid === undefined) {
    await pause(0); // lets the 'error' event speak
    throw new StackError(`${server.name} could not be started: ${died}`);
  }
  const isReaped = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const running = handle(server.name, server.directory, pid, identityOf(pid), { remember: true, isReaped });
  const within = server.withinMs ?? 60_000;
  const deadline = Date.now() + within;
  while (!(await server.answers().catch(() => false))) {
    if (died === undefined && Date.now() < deadline) {
      await pause(50);
      continue;
    }
    const reason = died ?? `did not answer within ${within / 1000} s`;
    await running.stop();
    throw new StackError(
      `${server.name} ${reason}. The end of ${logFile(server.directory, server.name)}:\n${logTail(server)}`,
    );
  }
  return running;
}

/** The server that an earlier run started in this directory, if that very process still lives. */
export function findServer(name: string, directory: string): RunningServer | undefined {
  const file = pidFile(directory, name);
  if (!existsSync(file)) return undefined;
  const [pid, ...identity] = readFileSync(file, 'utf8').trim().split(' ');
  const server = handle(name, directory, Number(pid), identity.join(' '), { remember: false, isReaped: () => true });
  if (server.isAlive()) return server;
  rmSync(file, { force: true });
  return undefined;
}

/**
 * What tells a process from a later one with the same id: the time it was started. Undefined when there is none, or only
 * its remains.
 */
export function identityOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined; // no such process: both ways of asking fail
  }
}

function handle(
  name: string,
  directory: string,
  pid: number,
  identity: string | undefined,
  { remember, isReaped }: { readonly remember: boolean; readonly isReaped: () => boolean },
): RunningServer {
  if (remember) writeFileSync(pidFile(directory, name), `${pid} ${identity ?? ''}\n`);
  const isAlive = (): boolean => identity !== undefined && identityOf(pid) === identity;
  const signal = (what: NodeJS.Signals): void => {
    if (isAlive()) process.kill(pid, what);
  };
  const gone = async (withinMs: number): Promise<boolean> => {
    // What is left of a child until we hear of its end still has its id: PostgreSQL would take that for another server.
    for (const deadline = Date.now() + withinMs; isAlive() || !isReaped(); await pause(20))
      if (Date.now() > deadline) return false;
    return true;
  };
  const kill = async (): Promise<void> => {
    signal('SIGKILL');
    if (!(await gone(10_000))) throw new StackError(`${name} (process ${pid}) does not end.`);
    rmSync(pidFile(directory, name), { force: true });
  };
  const stop = async (withinMs = 10_000): Promise<void> => {
    signal('SIGTERM');
    signal('SIGCONT'); // a stopped process hears SIGTERM only when it goes on
    await gone(withinMs);
    await kill();
  };
  return { name, pid, isAlive, signal, kill, stop };
}

function boundToUs(server: ServerCommand): [string, readonly string[]] {
  if (!existsSync('/usr/bin/setpriv')) return [server.command, server.args];
  return ['/usr/bin/setpriv', ['--pdeathsig', 'KILL', server.command, ...server.args]];
}

/** The last lines of the log that say something: Java's stack frames would push the message out of sight. */
function logTail({ directory, name }: ServerCommand): string {
  const lines = readFileSync(logFile(directory, name), 'utf8').trimEnd().split('\n');
  return lines
    .filter((words) => !words.startsWith('\tat '))
    .slice(-15)
    .join('\n');
}

const logFile = (directory: string, name: string): string => join(directory, `${name}.log`);
const pidFile = (directory: string, name: string): string => join(directory, `${name}.pid`);
