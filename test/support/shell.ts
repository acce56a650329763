/** A terminal of somebody who follows a document: one shell for all commands, and programs that go on until Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROJECT } from '../../tools/stack/settings.ts';
import { eventually } from './eventually.ts';

type Environment = Readonly<Record<string, string>>;

/** What a command printed, on both of its outputs, and how it ended. */
export interface Printed {
  readonly output: string;
  readonly status: number;
}

export class Shell {
  readonly #shell: ChildProcess;
  #heard = '';
  #commands = 0;

  /** In the project's folder, with these settings and nothing else of our own environment. */
  constructor(environment: Environment) {
    this.#shell = spawn('bash', ['--noprofile', '--norc'], { cwd: PROJECT, env: { ...environment } });
    for (const stream of [this.#shell.stdout, this.#shell.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#heard += text));
    this.#shell.stdin?.write('exec 2>&1\n');
  }

  /** Runs a command to its end; variables and functions stay for the next one. */
  async run(command: string, withinMs: number): Promise<Printed> {
    const end = new RegExp(`\\n#${++this.#commands} ended (\\d+)\\n$`);
    this.#heard = '';
    this.#shell.stdin?.write(`{ ${command}\n} </dev/null; printf '\\n#%s ended %s\\n' ${this.#commands} $?\n`);
    const found = await eventually(() => end.exec(this.#heard) ?? false, { within: withinMs, every: 10 });
    return { output: this.#heard.slice(0, found.index), status: Number(found[1]) };
  }

  async close(): Promise<void> {
    const ended = once(this.#shell, 'close');
    this.#shell.stdin?.end();
    await ended;
  }
}

/** A program that goes on until it is interrupted. */
export class Foreground {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  #output = '';

  constructor(command: string, environment: Environment) {
    // A group of its own, as in a terminal: Ctrl-C reaches all that it has started.
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

  /** Null while it goes on, and if a signal has ended it. */
  get status(): number | null {
    return this.#child.exitCode;
  }

  /** Ctrl-C; resolves when all that it has started has ended. */
  async interrupt(): Promise<void> {
    if (this.alive && this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGINT');
    await this.#ended; // not before the last process has closed its output
  }
}
