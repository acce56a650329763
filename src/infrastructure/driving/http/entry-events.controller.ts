import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { EntryToken, RequireAuth } from './auth.hooks.ts';
import { ConcertParams } from './schemas/ids.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { END } from './sse-connection.ts';
import { SseConnections } from './sse-connections.ts';

const EXAMPLE = `retry: 2718

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
    summary: 'The entry as it is now, and again on each change of its state or position',
    description:
      'Server-sent events. The event `entry` carries the same JSON as `getMyEntry`; its `id` is `projectedOffset`. Positions come at most once a second, comments at least every 15 s. After the last word on an entry (COMPLETED, EXPIRED, LEFT, DISQUALIFIED, REJECTED) comes the id `end`, and the stream ends; any other end asks to open it again after `retry` milliseconds.',
    params: ConcertParams,
    headers: Type.Object({
      'last-event-id': Type.Optional(
        Type.String({ description: '`id` of the last event that was read: nothing older comes, nor that one again.' }),
      ),
    }),
    response: {
      200: {
        description: 'The stream.',
        content: { 'text/event-stream': { schema: Type.String({ examples: [EXAMPLE] }) } },
      },
      204: { type: 'null', description: 'For `Last-Event-ID: end`: nothing more will come.' },
      ...problems('UNAUTHENTICATED', 'FORBIDDEN', 'OVERLOADED'),
    },
  })
  follow(
    @EntryToken() token: EntryClaims,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    if (lastEventId === END) void reply.code(204).send();
    else if (request.method === 'HEAD') void reply.type('text/event-stream; charset=utf-8').send();
    else this.streams.open(token, offsetOf(lastEventId), reply);
  }
}

/** What is not one of our ids says nothing. */
function offsetOf(lastEventId: string | undefined): Offset | undefined {
  return lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
}
