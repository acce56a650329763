import { Body, Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { RouteConfig, RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { type Static, Type } from 'typebox';
import { formatError } from './format-error.ts';
import { GraphqlExecutor } from './graphql-executor.ts';

const GraphqlRequest = Type.Object({
  query: Type.String({ minLength: 1 }),
  operationName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  variables: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
  extensions: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
});
type GraphqlRequest = Static<typeof GraphqlRequest>;

/** Without `data` nothing was carried out. */
interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** GraphQL over HTTP: one operation a request, by POST. */
@Controller('graphql')
export class GraphqlController {
  constructor(private readonly executor: GraphqlExecutor) {}

  @Post()
  @HttpCode(200)
  @RouteConfig({ auth: 'optional' })
  @RouteSchema({ hide: true, operationId: 'graphql', body: GraphqlRequest })
  async ask(
    @Body() request: GraphqlRequest,
    @Req() { headers: { authorization }, caller }: FastifyRequest,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { data, errors } = await this.executor.execute(request, {
      authorization,
      caller: caller ?? { kind: 'anonymous' },
    });
    const answer: Answer = { ...(data !== undefined && { data }), ...(errors && { errors: errors.map(formatError) }) };
    const isNew = /application\/graphql-response\+json/i.test(accept ?? '');
    reply.header('cache-control', 'no-store').header('vary', 'accept');
    reply.type(`${isNew ? 'application/graphql-response+json' : 'application/json'}; charset=utf-8`);
    // The older type leaves it to the body to tell what is wrong with a request that is well-formed.
    if (isNew && !('data' in answer)) reply.code(400);
    return JSON.stringify(answer);
  }
}
