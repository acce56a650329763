import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { EntryToken, RequireAuth } from './auth.hooks.ts';
import { ConcertParams } from './schemas/ids.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { END_EVENT_ID } from './sse-connection.ts';
import { SseConnections } from './sse-connections.ts';

const EXAMPLE = `retry: 2718

event: queue
data: {"state":"OPEN","notice":{"texts":{"en":"We open ten minutes late."},"postedAt":"2026-12-01T10:55:00.000Z"}}

event: entry
id: 48190
data: {"concertId":"seoul-1","userId":"ann","state":"WAITING","position":12,"projectedOffset":48190}

: heartbeat

`;

@Controller('v1/concerts/:concertId/queue/entries/me/events')
export class EntryEventsController {
  constructor(private readonly streams: SseConnections) {}

  @Get()
  @RequireAuth('entry-token')
  @RouteSchema({
    tags: ['entries'],
    security: [{ entryToken: [] }],
    operationId: 'followMyEntry',
    summary: 'Streams the entry: its current state, then each change of state or position',
    description:
      'Server-sent events. The event `entry` carries the same JSON as `getMyEntry`; its `id` is `projectedOffset`. The event `queue` carries `state` and `notice` of `getQueue`, when the stream opens and on each change. The server sends positions at most once a second and a comment at least every 15 s. After a terminal state (COMPLETED, EXPIRED, LEFT, DISQUALIFIED, REJECTED) it sends the id `end` and closes the stream. After any other end the client reconnects after `retry` milliseconds.',
    params: ConcertParams,
    headers: Type.Object({
      'last-event-id': Type.Optional(
        Type.String({ description: '`id` of the last event received: the server sends only newer events.' }),
      ),
    }),
    response: {
      200: {
        description: 'The event stream.',
        content: { 'text/event-stream': { schema: Type.String({ examples: [EXAMPLE] }) } },
      },
      204: { type: 'null', description: 'For `Last-Event-ID: end`: the entry has ended; do not reconnect.' },
      ...problems('UNAUTHENTICATED', 'FORBIDDEN', 'OVERLOADED'),
    },
  })
  follow(
    @EntryToken() token: EntryClaims,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    if (lastEventId === END_EVENT_ID) void reply.code(204).send();
    else if (request.method === 'HEAD') void reply.type('text/event-stream; charset=utf-8').send();
    else this.streams.open(token, parseEventId(lastEventId), reply);
  }
}

/** undefined for an id that this API does not send */
function parseEventId(lastEventId: string | undefined): Offset | undefined {
  return lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
}
