import type { Generation } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId } from '../../../domain/types.ts';

interface StageCalls {
  /** Sequence number of the last acknowledged call. */
  acknowledged: number;
  /** Sequence number of the last call sent. */
  sent: number;
}

/** Beyond this number, the oldest generations are removed: they were never activated. */
const MAX_GENERATIONS = 10_000;

/**
 * Numbers the calls that stage a generation. Redis stores the number as well: without it, a Redis that restarts without its last
 * seconds of data could hold the right number of entries with outdated content.
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
