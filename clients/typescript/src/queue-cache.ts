import type { Queue } from './api.generated.ts';
import { parseJson, send, type Transport } from './http.ts';

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
    const requestHeaders: Record<string, string> = cached ? { 'if-none-match': cached.etag } : {};
    const { status, headers, body } = await send(this.#transport, 'getQueue', {
      concertId,
      headers: requestHeaders,
      signal,
    });
    if (cached && status === 304) return cached.queue;
    const queue = parseJson(body) as Queue;
    const etag = headers.get('etag');
    if (etag !== null) this.#cached.set(concertId, { etag, queue });
    return queue;
  }
}
