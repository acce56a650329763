import { cpus } from 'node:os';
import { cpuMicros, machineMicros, ownMicros } from './cpu-clock.ts';

/** Share of the machine that neither this process, its children nor the servers of the stack used since it was made. */
export class OthersClock {
  readonly #stack: readonly number[];
  readonly #from = performance.now();
  readonly #machine = machineMicros();
  readonly #ours: number;

  constructor(stack: readonly number[]) {
    this.#stack = stack;
    this.#ours = this.#sum();
  }

  /** 0 to 1. Children count when they have ended. */
  share(): number {
    const available = (performance.now() - this.#from) * 1000 * cpus().length;
    return Math.max(0, machineMicros() - this.#machine - (this.#sum() - this.#ours)) / available;
  }

  #sum(): number {
    return this.#stack.reduce((sum, pid) => sum + cpuMicros(pid), ownMicros());
  }
}
