import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { type Static, Type } from 'typebox';
import { QueueError } from '../../../application/errors.ts';
import { asGraphQLErrors, formatError } from './format-error.ts';
import type { GraphqlContext } from './graphql-context.ts';

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

/** GraphQL over HTTP: one operation a request, by POST. Mercurius parses, validates, remembers and carries out. */
@Controller('graphql')
export class GraphqlController {
  constructor(private readonly host: HttpAdapterHost) {}

  @Post()
  @HttpCode(200)
  @RouteSchema({ hide: true, operationId: 'graphql', body: GraphqlRequest })
  async ask(
    @Body() request: GraphqlRequest,
    @Headers('authorization') authorization: string | undefined,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.#carryOut(request, { authorization });
    const isNew = /application\/graphql-response\+json/i.test(accept ?? '');
    reply.header('cache-control', 'no-store').header('vary', 'accept');
    reply.type(`${isNew ? 'application/graphql-response+json' : 'application/json'}; charset=utf-8`);
    // The older type leaves it to the body to tell what is wrong with a request that is well-formed.
    if (isNew && !('data' in answer)) reply.code(400);
    return JSON.stringify(answer);
  }

  async #carryOut({ query, variables, operationName }: GraphqlRequest, caller: GraphqlContext): Promise<Answer> {
    if (isJson(query)) throw new QueueError('INVALID_REQUEST', 'body/query must be a GraphQL document');
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    try {
      const { data, errors }: ExecutionResult = await fastify.graphql(
        query,
        { ...caller },
        variables ?? {},
        operationName ?? undefined,
      );
      return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map(formatError) }) };
    } catch (error) {
      const errors = validationErrorsOf(error);
      if (!errors) throw error;
      return { errors: errors.map(formatError) };
    }
  }
}

/** Mercurius would take a document as a tree in JSON, past the limit on tokens. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // as it should be
  }
}

function validationErrorsOf(error: unknown): readonly GraphQLError[] | undefined {
  const isValidation = error instanceof Error && 'code' in error && error.code === 'MER_ERR_GQL_VALIDATION';
  return isValidation && 'errors' in error && Array.isArray(error.errors) ? asGraphQLErrors(error.errors) : undefined;
}
