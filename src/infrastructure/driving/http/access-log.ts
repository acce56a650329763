import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/**
 * Logs one line per request: changes by operators at `info`, all other requests at `debug`.
 *
 * A line names the route, not the path, because paths contain user ids. It never contains headers or bodies.
 */
export function logAccess(fastify: FastifyInstance, logLevel: string): void {
  const logger = new Logger('access');
  const logsAll = logLevel === 'debug' || logLevel === 'trace';
  fastify.addHook('onRoute', (route) => {
    const isOperatorChange = route.config?.auth === 'admin' && route.method !== 'GET' && route.method !== 'HEAD';
    if (!isOperatorChange && !logsAll) return;
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
      if (isOperatorChange) logger.log(line);
      else logger.debug(line);
      done();
    };
  });
}
