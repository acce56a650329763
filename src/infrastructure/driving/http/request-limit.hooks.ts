import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EntryRateLimiter } from '../../../application/commands/entry-rate-limiter.ts';
import { QueueError } from '../../../application/errors.ts';
import type { Authentication } from '../../../application/ports/authentication.port.ts';
import type { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import { toHook } from './to-hook.ts';

/** Who keeps strangers and crowds out. */
export interface AccessControl {
  readonly callers: Authentication;
  readonly limits: RequestLimits;
  readonly accepts: EntryRateLimiter;
}

/** Most requests that are under way at once. Each may wait for the log or the view, and holds memory meanwhile. */
const MOST_IN_FLIGHT = 10_000;
const PROBES = /^\/(?:health\/|metrics$)/;

/** Refuses what is more than this process can hold, before anything else is done for it. Stopped by nothing but room. */
export function limitInFlightRequests(fastify: FastifyInstance, most = MOST_IN_FLIGHT): void {
  let inFlight = 0;
  const leave = (): void => {
    inFlight -= 1;
  };
  fastify.addHook('onRequest', (request, reply, proceed) => {
    if (inFlight >= most && !isProbe(request)) {
      proceed(new QueueError('OVERLOADED', 'Too many requests are under way.'));
      return;
    }
    if (!isProbe(request)) {
      inFlight += 1;
      reply.raw.once('close', leave); // however it ends
    }
    proceed();
  });
}

/**
 * Counts each request of a route without authentication against its address; unknown paths too. Where a route authenticates, its hook
 * counts: a valid token against the user, a failure against the address. Health and metrics have a count of their own, so that no
 * other traffic of the address keeps a probe from its answer.
 */
export function limitRequestsByAddress(fastify: FastifyInstance, { callers, limits }: AccessControl): void {
  const { ofAddress, ofProbe } = limits;
  if (!ofAddress) return;
  fastify.addHook(
    'onRequest',
    toHook((request) => {
      if (request.routeOptions.config.door || callers.isInternalCaller(request.headers.authorization)) return undefined;
      return isProbe(request) ? ofProbe?.(request.ip) : ofAddress(request.ip);
    }),
  );
}

/** Health and metrics: answered under any load. */
export function isProbe({ routeOptions }: FastifyRequest): boolean {
  return PROBES.test(routeOptions.url ?? '');
}
