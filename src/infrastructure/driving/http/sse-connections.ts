import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { EntrySubscriptions } from '../../../application/subscriptions/entry-subscriptions.ts';
import type { Offset } from '../../../domain/types.ts';
import { SseConnection } from './sse-connection.ts';

const BEAT_MS = 1_000;

/** The open streams of this process, and the one timer that keeps them alive. */
@Injectable()
export class SseConnections {
  readonly #open = new Set<SseConnection>();
  #beat: NodeJS.Timeout | undefined;

  constructor(private readonly entries: EntrySubscriptions) {}

  /** Answers with a stream. @param since what the client knows is as of this offset @throws QueueError `OVERLOADED` */
  open(token: EntryClaims, since: Offset | undefined, reply: FastifyReply): void {
    const stream = new SseConnection(reply.raw);
    const unfollow = this.entries.follow(token, since, stream);
    reply.raw.once('close', () => {
      unfollow();
      this.#closed(stream);
    });
    // From here on the connection is the stream's: Fastify would keep request and reply ready for an answer of its own.
    reply.hijack();
    reply.isStream = true;
    stream.open(reply.getHeaders());
    this.#open.add(stream);
    this.#beat ??= setInterval(() => this.#beatAll(), BEAT_MS);
  }

  #beatAll(): void {
    const now = performance.now();
    for (const stream of this.#open) stream.beat(now);
  }

  #closed(stream: SseConnection): void {
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    clearInterval(this.#beat);
    this.#beat = undefined;
  }
}
