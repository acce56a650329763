import { setTimeout as pause } from 'node:timers/promises';
import { FatalError } from '../errors.ts';
import type { Logger } from '../ports/logger.port.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

/** Something that must have worked once before this process can do its work. */
export interface StartupStep {
  /** What is waited for, as an operator knows it: `Kafka`, `the schema registry`. */
  readonly name: string;
  /** @throws FatalError for what no retry mends; anything else is tried again */
  run(): Promise<void>;
}

/** Does the steps of a start, each again and again until it works; the process is live meanwhile, and not ready. */
export class Startup {
  readonly #waiting = new Map<string, string>();
  #stopped = false;

  constructor(private readonly diagnostics: Logger) {}

  /** Resolves when all steps have worked, or the start was given up. @throws FatalError */
  async run(steps: readonly StartupStep[]): Promise<void> {
    await Promise.all(steps.map((step) => this.#persist(step)));
  }

  /** Why this process is not ready yet, by step. */
  get waitingFor(): ReadonlyMap<string, string> {
    return this.#waiting;
  }

  stop(): void {
    this.#stopped = true;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  async #persist({ name, run }: StartupStep): Promise<void> {
    this.#waiting.set(name, 'starting');
    for (let wait = FIRST_PAUSE_MS; !this.#stopped; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        await run();
        this.#waiting.delete(name);
        return;
      } catch (error) {
        if (error instanceof FatalError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (this.#waiting.get(name) !== reason) this.diagnostics.warn(`waiting for ${name}: ${reason}`);
        this.#waiting.set(name, reason);
        await pause(wait);
      }
    }
  }
}
