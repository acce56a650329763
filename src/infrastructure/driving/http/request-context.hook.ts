import type { FastifyInstance } from 'fastify';
import { runInContext } from '../../../application/event-log/request-context.ts';

/** Runs each request in a context with its id and the operator's name. */
export function registerRequestContext(fastify: FastifyInstance): void {
  // After the body is parsed: the parser's callbacks lose an earlier context.
  fastify.addHook('preHandler', (request, _reply, done) => {
    runInContext({ requestId: request.id, actor: request.operator?.name }, done);
  });
}
