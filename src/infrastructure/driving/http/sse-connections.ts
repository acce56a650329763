import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { EntrySubscriptions } from '../../../application/subscriptions/entry-subscriptions.ts';
import type { Offset } from '../../../domain/types.ts';
import { SseConnection } from './sse-connection.ts';

const CHECK_INTERVAL_MS = 1_000;

/** The open event streams of this process, with one timer for their heartbeats. */
@Injectable()
export class SseConnections {
  readonly #open = new Set<SseConnection>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly entries: EntrySubscriptions) {}

  /**
   * Answers the request with an event stream.
   * @param since the offset up to which the client knows the entry
   * @throws QueueError `OVERLOADED`
   */
  open(token: EntryClaims, since: Offset | undefined, reply: FastifyReply): void {
    const connection = new SseConnection(reply.raw);
    const unsubscribe = this.entries.subscribe(token, since, connection);
    reply.raw.once('close', () => {
      unsubscribe();
      this.#onClosed(connection);
    });
    reply.hijack(); // Fastify must not send a response of its own
    reply.isStream = true;
    connection.open(reply.getHeaders());
    this.#open.add(connection);
    this.#timer ??= setInterval(() => this.#checkAll(), CHECK_INTERVAL_MS);
  }

  #checkAll(): void {
    const now = performance.now();
    for (const connection of this.#open) connection.heartbeat(now);
  }

  #onClosed(connection: SseConnection): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
