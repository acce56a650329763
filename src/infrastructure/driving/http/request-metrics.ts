import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../../application/errors.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** Set when the response is a problem. */
    problemCode: ErrorCode | null;
    /** Set when the response is an event stream, whose duration is not a response time. */
    isStream: boolean;
  }
}

/** The label of all unknown paths: a path of the caller must not become a label. */
const UNKNOWN_ROUTE = 'none';

/** Counts responses by operation and result, and measures their duration by route. */
export function recordRequestMetrics(fastify: FastifyInstance, telemetry: Telemetry): void {
  fastify.decorateReply('problemCode', null);
  fastify.decorateReply('isStream', false);
  fastify.addHook('onRoute', ({ schema }) => telemetry.registerOperation('http', schema?.operationId ?? UNKNOWN_ROUTE));
  fastify.addHook('onResponse', (request, reply, done) => {
    recordResponse(telemetry, request, reply);
    done();
  });
}

function recordResponse(telemetry: Telemetry, { method, routeOptions }: FastifyRequest, reply: FastifyReply): void {
  const { schema, url = UNKNOWN_ROUTE } = routeOptions;
  const route = url === '*' ? UNKNOWN_ROUTE : url;
  if (!reply.isStream) telemetry.servedHttp(method, route, reply.statusCode, reply.elapsedTime / 1_000);
  telemetry.recordResponse('http', schema?.operationId ?? UNKNOWN_ROUTE, reply.problemCode ?? undefined);
}
