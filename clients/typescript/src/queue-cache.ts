import type { Queue } from './api.generated.ts';
import { ask, broken, type Transport } from './http.ts';

/** The last document of each queue with its `ETag`: an unchanged one costs 304 and no body. */
export class QueueCache {
  readonly #transport: Transport;
  readonly #known = new Map<string, { readonly etag: string; readonly queue: Queue }>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws QueueProblem `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`; ConnectionError */
  async get(concertId: string, signal: AbortSignal): Promise<Queue> {
    const known = this.#known.get(concertId);
    const headers: Record<string, string> = known ? { 'if-none-match': known.etag } : {};
    const answer = await ask(this.#transport, 'getQueue', { concertId, headers, signal });
    if (known && answer.status === 304) return known.queue;
    const queue = (await answer.json().catch((error: unknown) => broken(error, signal))) as Queue;
    const etag = answer.headers.get('etag');
    if (etag !== null) this.#known.set(concertId, { etag, queue });
    return queue;
  }
}
