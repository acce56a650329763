import { Body, Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { RouteConfig, RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { Type } from 'typebox';
import { formatError } from './format-error.ts';
import type { GraphqlRequest } from './graphql-executor.ts';
import { GraphqlExecutor } from './graphql-executor.ts';

const GraphqlRequestSchema = Type.Object({
  query: Type.String({ minLength: 1 }),
  operationName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  variables: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
  extensions: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
});
/** Without `data` nothing was executed. */
interface GraphqlResponse {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** GraphQL over HTTP: one operation per request, by POST. */
@Controller('graphql')
export class GraphqlController {
  constructor(private readonly executor: GraphqlExecutor) {}

  @Post()
  @HttpCode(200)
  @RouteConfig({ auth: 'optional' })
  @RouteSchema({ hide: true, operationId: 'graphql', body: GraphqlRequestSchema })
  async execute(
    @Body() request: GraphqlRequest,
    @Req() { headers: { authorization }, caller }: FastifyRequest,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { data, errors } = await this.executor.execute(request, {
      authorization,
      caller: caller ?? { kind: 'anonymous' },
    });
    const response: GraphqlResponse = {
      ...(data !== undefined && { data }),
      ...(errors && { errors: errors.map(formatError) }),
    };
    const acceptsGraphqlType = /application\/graphql-response\+json/i.test(accept ?? '');
    reply.header('cache-control', 'no-store').header('vary', 'accept');
    reply.type(`${acceptsGraphqlType ? 'application/graphql-response+json' : 'application/json'}; charset=utf-8`);
    // With application/json a well-formed request is always answered with 200.
    if (acceptsGraphqlType && !('data' in response)) reply.code(400);
    return JSON.stringify(response);
  }
}
