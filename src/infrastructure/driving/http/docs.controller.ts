import { Controller, Get, Header } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyAdapter, RouteSchema } from '@nestjs/platform-fastify';
import { problems } from './schemas/problem.schema.ts';

@Controller()
export class DocsController {
  /** Shared by all responses: a client that does not read keeps no copy of its own. */
  #document: Buffer | undefined;

  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @RouteSchema({
    tags: ['documents'],
    operationId: 'getOpenApi',
    summary: 'This OpenAPI document',
    response: {
      200: { description: 'An OpenAPI 3.1 document.', content: { 'application/json': { schema: { type: 'object' } } } },
      ...problems(),
    },
  })
  openapi(): Buffer {
    this.#document ??= Buffer.from(JSON.stringify(this.host.httpAdapter.getInstance().swagger()));
    return this.#document;
  }
}
