import type { Generation } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId } from '../../../domain/types.ts';

interface Calls {
  /** Number of the last call that was acknowledged. */
  stored: number;
  /** Number of the last call made. */
  made: number;
}

/** Abandoned stagings are forgotten beyond so many. */
const MOST = 10_000;

/**
 * Numbers the calls that stage a generation. Redis keeps the number too: a Redis that came back with an older state (its last
 * seconds lost) could otherwise hold the right number of lives with the wrong content.
 */
export class StageSequence {
  readonly #calls = new Map<string, Calls>();

  next(concertId: ConcertId, generation: Generation): Calls {
    const calls = this.#of(concertId, generation) ?? { stored: 0, made: 0 };
    calls.made += 1;
    this.#calls.set(`${concertId} ${generation}`, calls);
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= MOST) break;
      this.#calls.delete(oldest);
    }
    return { ...calls };
  }

  acknowledge(concertId: ConcertId, generation: Generation, made: number): void {
    const calls = this.#of(concertId, generation);
    if (calls) calls.stored = Math.max(calls.stored, made);
  }

  stored(concertId: ConcertId, generation: Generation): number {
    return this.#of(concertId, generation)?.stored ?? 0;
  }

  forget(concertId: ConcertId, generation: Generation): void {
    this.#calls.delete(`${concertId} ${generation}`);
  }

  #of(concertId: ConcertId, generation: Generation): Calls | undefined {
    return this.#calls.get(`${concertId} ${generation}`);
  }
}
