import type { Answered } from './api-driver.ts';
import type { Call, Said } from './history.ts';

/** Writes down every call with its answer. */
export class Recorder {
  readonly calls: Call[] = [];
  #next = 0;

  async record(concertId: string, said: Said, call: () => Promise<Answered>): Promise<Answered> {
    const number = ++this.#next;
    const sentAt = performance.now();
    const answered = await call();
    this.calls.push({ number, concertId, said, told: answered.told, sentAt, answeredAt: performance.now() });
    return answered;
  }
}
