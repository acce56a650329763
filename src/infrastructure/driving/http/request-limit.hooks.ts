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
/** What operators' tools ask, and streams, which are bounded where they are served. */
const UNBOUNDED = /^\/(?:health\/|metrics$)|\/events$/;

/** Refuses what is more than this process can hold, before anything else is done for it. Stopped by nothing but room. */
export function limitInFlightRequests(fastify: FastifyInstance, most = MOST_IN_FLIGHT): void {
  let inFlight = 0;
  const leave = (): void => {
    inFlight -= 1;
  };
  fastify.addHook('onRequest', (request, reply, proceed) => {
    if (inFlight >= most && !isExempt(request)) {
      proceed(new QueueError('OVERLOADED', 'Too many requests are under way.'));
      return;
    }
    if (!isExempt(request)) {
      inFlight += 1;
      reply.raw.once('close', leave); // however it ends
    }
    proceed();
  });
}

/** Counts the requests of each address, those for unknown paths too. */
export function limitRequestsByAddress(
  fastify: FastifyInstance,
  { callers, limits: { ofAddress } }: AccessControl,
): void {
  if (!ofAddress) return;
  fastify.addHook(
    'onRequest',
    toHook((request) => {
      const { door } = request.routeOptions.config;
      // The protected site asks for all its visitors from one address; its door counts what is refused there.
      if (isExempt(request) || door === 'admission-token' || door === 'expired-admission-token') return undefined;
      return callers.isInternalCaller(request.headers.authorization) ? undefined : ofAddress(request.ip);
    }),
  );
}

/** Of health and metrics, and streams. */
export function isExempt({ routeOptions }: FastifyRequest): boolean {
  return UNBOUNDED.test(routeOptions.url ?? '');
}
