/** Runs the commands of a document: one shell for all commands, and foreground programs that run until Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROJECT } from '../../tools/stack/settings.ts';
import { eventually } from './eventually.ts';

type Environment = Readonly<Record<string, string>>;

/** The output of a command on both streams, and its exit status. */
export interface Printed {
  readonly output: string;
  readonly status: number;
}

export class Shell {
  readonly #shell: ChildProcess;
  #output = '';
  #commands = 0;

  /** Runs in the project folder with this environment only. */
  constructor(environment: Environment) {
    this.#shell = spawn('bash', ['--noprofile', '--norc'], { cwd: PROJECT, env: { ...environment } });
    for (const stream of [this.#shell.stdout, this.#shell.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#shell.stdin?.write('exec 2>&1\n');
  }

  /** Runs a command to its end; variables and functions persist. */
  async run(command: string, withinMs: number): Promise<Printed> {
    const end = new RegExp(`\\n#${++this.#commands} ended (\\d+)\\n$`);
    this.#output = '';
    this.#shell.stdin?.write(`{ ${command}\n} </dev/null; printf '\\n#%s ended %s\\n' ${this.#commands} $?\n`);
    const found = await eventually(() => end.exec(this.#output) ?? false, { within: withinMs, every: 10 });
    return { output: this.#output.slice(0, found.index), status: Number(found[1]) };
  }

  async close(): Promise<void> {
    const ended = once(this.#shell, 'close');
    this.#shell.stdin?.end();
    await ended;
  }
}

/** A program that runs until it is interrupted. */
export class Foreground {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  #output = '';

  constructor(command: string, environment: Environment) {
    // Its own process group, as in a terminal: Ctrl-C reaches its children too.
    this.#child = spawn('bash', ['-c', command], { cwd: PROJECT, env: { ...environment }, detached: true });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#ended = once(this.#child, 'close');
  }

  get output(): string {
    return this.#output;
  }
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Null while it runs, and after a signal. */
  get status(): number | null {
    return this.#child.exitCode;
  }

  /** Ctrl-C; resolves when its children have ended too. */
  async interrupt(): Promise<void> {
    if (this.alive && this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGINT');
    await this.#ended; // the last process has closed its output
  }
}
