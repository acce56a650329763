import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../../application/errors.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** Set where the answer is a problem. */
    problemCode: ErrorCode | null;
    /** Set where the answer is a stream: how long it was open says nothing of how fast it was answered. */
    isStream: boolean;
  }
}

/** What answers no known route is one: paths of strangers must not become labels. */
const NONE = 'none';

/** Counts every answer, by route and by what came of it. */
export function recordRequestMetrics(fastify: FastifyInstance, telemetry: Telemetry): void {
  fastify.decorateReply('problemCode', null);
  fastify.decorateReply('isStream', false);
  fastify.addHook('onRoute', ({ schema }) => telemetry.registerOperation('http', schema?.operationId ?? NONE));
  fastify.addHook('onResponse', (request, reply, done) => {
    meter(telemetry, request, reply);
    done();
  });
}

function meter(telemetry: Telemetry, { method, routeOptions }: FastifyRequest, reply: FastifyReply): void {
  const { schema, url = NONE } = routeOptions;
  const route = url === '*' ? NONE : url;
  if (!reply.isStream) telemetry.servedHttp(method, route, reply.statusCode, reply.elapsedTime / 1_000);
  telemetry.recordResponse('http', schema?.operationId ?? NONE, reply.problemCode ?? undefined);
}
