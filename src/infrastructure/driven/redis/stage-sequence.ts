import type { Generation } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId } from '../../../domain/types.ts';

interface StageCalls {
  /** Number of the last call that was acknowledged. */
  acknowledged: number;
  /** Number of the last call made. */
  sent: number;
}

/** Abandoned stagings are forgotten beyond so many. */
const MAX_GENERATIONS = 10_000;

/**
 * Numbers the calls that stage a generation. Redis keeps the number too: a Redis that came back with an older state (its last
 * seconds lost) could otherwise hold the right number of lives with the wrong content.
 */
export class StageSequence {
  readonly #calls = new Map<string, StageCalls>();

  next(concertId: ConcertId, generation: Generation): StageCalls {
    const calls = this.#of(concertId, generation) ?? { acknowledged: 0, sent: 0 };
    calls.sent += 1;
    this.#calls.set(`${concertId} ${generation}`, calls);
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= MAX_GENERATIONS) break;
      this.#calls.delete(oldest);
    }
    return { ...calls };
  }

  acknowledge(concertId: ConcertId, generation: Generation, made: number): void {
    const calls = this.#of(concertId, generation);
    if (calls) calls.acknowledged = Math.max(calls.acknowledged, made);
  }

  acknowledged(concertId: ConcertId, generation: Generation): number {
    return this.#of(concertId, generation)?.acknowledged ?? 0;
  }

  forget(concertId: ConcertId, generation: Generation): void {
    this.#calls.delete(`${concertId} ${generation}`);
  }

  #of(concertId: ConcertId, generation: Generation): StageCalls | undefined {
    return this.#calls.get(`${concertId} ${generation}`);
  }
}
