import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/**
 * One line a request: what operators do, always; everything else only at debug, where it costs as much as it is worth.
 *
 * A line holds the route, not the path: ids of users are not for logs. Headers and bodies are never in it.
 */
export function logAccess(fastify: FastifyInstance, logLevel: string): void {
  const logger = new Logger('access');
  const everything = logLevel === 'debug' || logLevel === 'trace';
  fastify.addHook('onRoute', (route) => {
    const operator = route.config?.door === 'admin' && route.method !== 'GET' && route.method !== 'HEAD';
    if (!operator && !everything) return;
    route.onResponse = (request, reply, done) => {
      const line = {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        from: request.ip,
        ...(request.operator && { operator: request.operator.name }),
      };
      if (operator) logger.log(line);
      else logger.debug(line);
      done();
    };
  });
}
