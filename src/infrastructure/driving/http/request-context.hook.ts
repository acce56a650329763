import type { FastifyInstance } from 'fastify';
import { runInContext } from '../../../application/event-log/request-context.ts';

/** From here on all that a request comes to knows its id, and the operator whose act it is. */
export function registerRequestContext(fastify: FastifyInstance): void {
  // Once the body is read: what the parser calls back has forgotten what came before.
  fastify.addHook('preHandler', (request, _reply, done) => {
    runInContext({ requestId: request.id, actor: request.operator?.name }, done);
  });
}
