/** Runs the built product as a separate process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { SERVER } from '../../tools/launch/run.mjs';
import { freePorts } from '../../tools/stack/ports.ts';
import { PROJECT } from '../../tools/stack/settings.ts';
import { buildIfStale, COMPILED, MAIN, NODE } from './build.ts';
import { eventually } from './eventually.ts';

/** How a process ended: by its own status or by a signal. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServerProcess {
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ending>;
  readonly url: string;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';
  #ending: Ending | undefined;

  private constructor(
    child: ChildProcess,
    url: string,
    private readonly adminToken: string | undefined,
  ) {
    this.#child = child;
    this.url = url;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    this.ended = new Promise((resolve) => {
      // 'close' comes when all output is read, 'exit' may come before.
      child.once('close', (status, signal) => {
        this.#ending = { status, signal };
        resolve(this.#ending);
      });
    });
  }

  /**
   * Starts the built server with these settings only, without the environment of the test; does not wait for it.
   * @param main entry file of another build
   */
  static async start(settings: Readonly<Record<string, string>>, main = MAIN): Promise<ServerProcess> {
    await buildIfStale();
    const [port = 0] = await freePorts(1);
    const { PATH = '', HOME = '', TZ = '' } = process.env;
    const env = { ...COMPILED, PATH, HOME, ...(TZ && { TZ }), LOG_LEVEL: 'warn', PORT: `${port}`, ...settings };
    // On Linux the kernel kills it when the test process ends.
    const bound = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];
    const [command = NODE, ...args] = [...bound, NODE, ...SERVER.slice(0, -1), main];
    const child = spawn(command, args, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    return new ServerProcess(child, `http://127.0.0.1:${env.PORT}`, settings['ADMIN_TOKEN']);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  get alive(): boolean {
    return this.#ending === undefined;
  }
  /** Standard output: its log. */
  get output(): string {
    return this.#out;
  }
  /** Standard error: messages for operators. */
  get complaints(): string {
    return this.#err;
  }

  /** The status and body of a health route, with the details for operators; undefined while there is no response. */
  async health(route: 'live' | 'ready'): Promise<{ readonly status: number; readonly text: string } | undefined> {
    try {
      const headers = this.adminToken === undefined ? {} : { authorization: `Bearer ${this.adminToken}` };
      const answer = await fetch(`${this.url}/health/${route}`, { headers, signal: AbortSignal.timeout(3_000) });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return undefined; // not listening yet, or suspended
    }
  }

  /** Waits until it is ready; throws at once if it ends. */
  async ready(withinMs = 30_000): Promise<this> {
    let last: unknown;
    const isReady = async (): Promise<boolean> => {
      if (!this.alive) return true;
      const health = await this.health('ready');
      last = health?.text;
      return health?.status === 200;
    };
    await eventually(isReady, { within: withinMs, every: 50 }).catch((error: unknown) => {
      throw new Error(`The server is not ready: ${String(last)}\n${this.#story()}`, { cause: error });
    });
    if (!this.alive) throw new Error(`The server ended instead of becoming ready.\n${this.#story()}`);
    return this;
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill9(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** SIGTERM; resolves with how it ended. */
  stop(): Promise<Ending> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }

  /** Suspends the process (SIGSTOP): connections stay open without responses. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  #story(): string {
    return `${this.#err.slice(-2_000)}\n${this.#out.slice(-4_000)}`;
  }
}
