import type { Queue } from './api.generated.ts';
import { send, type Transport, throwConnectionError } from './http.ts';

/** Caches the last document of each queue with its `ETag`; the response for an unchanged document is 304 without body. */
export class QueueCache {
  readonly #transport: Transport;
  readonly #cached = new Map<string, { readonly etag: string; readonly queue: Queue }>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws QueueProblem `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`; ConnectionError */
  async get(concertId: string, signal: AbortSignal): Promise<Queue> {
    const cached = this.#cached.get(concertId);
    const headers: Record<string, string> = cached ? { 'if-none-match': cached.etag } : {};
    const response = await send(this.#transport, 'getQueue', { concertId, headers, signal });
    if (cached && response.status === 304) return cached.queue;
    const queue = (await response.json().catch((error: unknown) => throwConnectionError(error, signal))) as Queue;
    const etag = response.headers.get('etag');
    if (etag !== null) this.#cached.set(concertId, { etag, queue });
    return queue;
  }
}
