import { retry } from '../../lib/retry.ts';
import { isFatal } from '../errors.ts';
import type { Logger } from '../ports/logger.port.ts';

const BACKOFF = { firstMs: 200, maxMs: 5000 };

/** Something that must have worked once before this process can do its work. */
export interface StartupStep {
  /** Name for operators: `Kafka`, `the schema registry`. */
  readonly name: string;
  /** @throws FatalError if no retry can succeed; any other error is retried */
  run(): Promise<void>;
}

/** Runs the startup steps and retries each until it succeeds. Meanwhile the process is live and not ready. */
export class Startup {
  readonly #waiting = new Map<string, string>();
  readonly #stopping = new AbortController();

  constructor(private readonly diagnostics: Logger) {}

  /** Resolves when all steps have worked, or the start was cancelled. @throws FatalError */
  async run(steps: readonly StartupStep[]): Promise<void> {
    await Promise.all(steps.map((step) => this.#persist(step)));
  }

  /** Why this process is not ready yet, by step. */
  get waitingFor(): ReadonlyMap<string, string> {
    return this.#waiting;
  }

  stop(): void {
    this.#stopping.abort();
  }

  get stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #persist({ name, run }: StartupStep): Promise<void> {
    this.#waiting.set(name, 'starting');
    const onFailure = (reason: string): void => {
      if (this.#waiting.get(name) !== reason) this.diagnostics.warn(`waiting for ${name}: ${reason}`);
      this.#waiting.set(name, reason);
    };
    const { signal } = this.#stopping;
    await retry(run, { ...BACKOFF, signal, isPermanent: isFatal, onFailure });
    if (!signal.aborted) this.#waiting.delete(name);
  }
}
