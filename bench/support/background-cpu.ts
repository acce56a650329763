import { cpus } from 'node:os';
import { cpuMicros, machineMicros, ownMicros } from './cpu-clock.ts';

/** Measures the CPU share of other processes: not this one, its children or the servers of the stack. */
export class BackgroundCpu {
  readonly #stack: readonly number[];
  readonly #from = performance.now();
  readonly #machine = machineMicros();
  readonly #own: number;

  constructor(stack: readonly number[]) {
    this.#stack = stack;
    this.#own = this.#sum();
  }

  /** 0 to 1. Children count after they have ended. */
  share(): number {
    const available = (performance.now() - this.#from) * 1000 * cpus().length;
    return Math.max(0, machineMicros() - this.#machine - (this.#sum() - this.#own)) / available;
  }

  #sum(): number {
    return this.#stack.reduce((sum, pid) => sum + cpuMicros(pid), ownMicros());
  }
}
