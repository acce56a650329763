import { Body, Controller, Get, Header, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueueChangeResult } from '../../../application/commands/append-and-await.ts';
import { CloseQueue } from '../../../application/commands/close-queue.command.ts';
import { ConfigureQueue } from '../../../application/commands/configure-queue.command.ts';
import { PauseQueue } from '../../../application/commands/pause-queue.command.ts';
import { PostNotice } from '../../../application/commands/post-notice.command.ts';
import { ResumeQueue } from '../../../application/commands/resume-queue.command.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { ListQueues } from '../../../application/queries/list-queues.query.ts';
import { RequireAuth } from './auth.hooks.ts';
import { matchesEtag, serializeQueue } from './queue-response-cache.ts';
import { ConcertParams } from './schemas/ids.schema.ts';
import { type PolicyJson, PolicySchema, policyFromJson } from './schemas/policy.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import {
  NOTICE_BODY_LIMIT,
  type NoticeRequest,
  NoticeRequestSchema,
  QueuePageQuery,
  QueuePageSchema,
  QueueSchema,
  queueToJson,
} from './schemas/queue.schema.ts';
import { adminProblems, queueChangeResponses } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

const tags = ['queues'];
const security = [{ adminToken: [] }];
const queueChangeRoute = { tags, security, params: ConcertParams, response: queueChangeResponses };

@Controller('v1')
export class QueuesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Put('concerts/:concertId/queue')
  @RequireAuth('admin')
  @RouteSchema({
    ...queueChangeRoute,
    operationId: 'configureQueue',
    summary: 'Opens or schedules a queue, or changes its policy',
    body: ref(PolicySchema),
  })
  async configure(
    @Param('concertId') concertId: string,
    @Body() body: PolicyJson,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return toResponse(await this.commands.execute(new ConfigureQueue(concertId, policyFromJson(body))), reply);
  }

  @Post('concerts/:concertId/queue/pause')
  @HttpCode(200)
  @RequireAuth('admin')
  @RouteSchema({
    ...queueChangeRoute,
    operationId: 'pauseQueue',
    summary: 'Pauses the queue: no entry is called until it is resumed',
  })
  async pause(@Param('concertId') concertId: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return toResponse(await this.commands.execute(new PauseQueue(concertId)), reply);
  }

  @Post('concerts/:concertId/queue/resume')
  @HttpCode(200)
  @RequireAuth('admin')
  @RouteSchema({ ...queueChangeRoute, operationId: 'resumeQueue', summary: 'Resumes a paused or closed queue' })
  async resume(
    @Param('concertId') concertId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return toResponse(await this.commands.execute(new ResumeQueue(concertId)), reply);
  }

  @Post('concerts/:concertId/queue/close')
  @HttpCode(200)
  @RequireAuth('admin')
  @RouteSchema({
    ...queueChangeRoute,
    operationId: 'closeQueue',
    summary: 'Closes the queue: it accepts no entries and calls none',
  })
  async close(@Param('concertId') concertId: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return toResponse(await this.commands.execute(new CloseQueue(concertId)), reply);
  }

  @Put('concerts/:concertId/queue/notice')
  @RequireAuth('admin', { bodyLimit: NOTICE_BODY_LIMIT })
  @RouteSchema({
    ...queueChangeRoute,
    operationId: 'postNotice',
    summary: 'Replaces the notice to all users of the queue, or removes it',
    description: 'The queue document and the event `queue` of the streams show the notice.',
    body: ref(NoticeRequestSchema),
  })
  async postNotice(
    @Param('concertId') concertId: string,
    @Body() { texts }: NoticeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return toResponse(await this.commands.execute(new PostNotice(concertId, texts)), reply);
  }

  @Get('queues')
  @Header('cache-control', 'no-store')
  @RequireAuth('admin')
  @RouteSchema({
    tags,
    security,
    operationId: 'listQueues',
    summary: 'Lists all queues in the order of their concert ids, in pages',
    querystring: QueuePageQuery,
    response: { 200: ref(QueuePageSchema), ...adminProblems('PROJECTION_UNAVAILABLE') },
  })
  async list(@Query() { limit = '100', cursor }: QueuePageQuery): Promise<object> {
    const { queues, ...page } = await this.queries.execute(new ListQueues(Number(limit), cursor));
    return { queues: queues.map(queueToJson), ...page };
  }

  @Get('concerts/:concertId/queue')
  @RouteSchema({
    tags,
    operationId: 'getQueue',
    summary: 'The public document of one queue',
    description: 'At most a second old and cacheable. An entry is called once `admittedThrough` reaches its place.',
    params: ConcertParams,
    response: {
      200: {
        description: 'The queue document.',
        headers: {
          ETag: { type: 'string', description: 'Entity tag of this body, for `If-None-Match`.' },
          'Cache-Control': { type: 'string', description: '`public, max-age=1`' },
        },
        content: { 'application/json': { schema: ref(QueueSchema) } },
      },
      304: { type: 'null', description: 'The queue is unchanged: its `ETag` matches `If-None-Match`.' },
      ...problems('CONCERT_NOT_FOUND', 'PROJECTION_UNAVAILABLE'),
    },
  })
  async show(
    @Param('concertId') concertId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const { body, etag } = serializeQueue(await this.queries.execute(new GetQueue(concertId)));
    reply.header('etag', etag).header('cache-control', 'public, max-age=1');
    if (matchesEtag(request.headers['if-none-match'], etag)) {
      reply.code(304);
      return undefined;
    }
    reply.type('application/json; charset=utf-8');
    return body;
  }
}

/** 200 with the queue, or 202 with the receipt when the projection has not applied the event in time. */
function toResponse(result: QueueChangeResult, reply: FastifyReply): object {
  if ('queue' in result) return queueToJson(result.queue);
  reply.code(202);
  return result;
}
