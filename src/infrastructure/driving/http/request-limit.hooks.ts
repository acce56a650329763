import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EntryRateLimiter } from '../../../application/commands/entry-rate-limiter.ts';
import { QueueError } from '../../../application/errors.ts';
import type { Authentication } from '../../../application/ports/authentication.port.ts';
import type { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import { toHook } from './to-hook.ts';

/** Authenticates callers and limits their requests. */
export interface AccessControl {
  readonly authentication: Authentication;
  readonly limits: RequestLimits;
  readonly entryRateLimiter: EntryRateLimiter;
}

/** Each request in flight holds memory while it waits for the log or the view. */
const MAX_IN_FLIGHT = 10_000;
const PROBE_ROUTES = /^\/(?:health\/|metrics$)/;

/** Rejects requests beyond `max` requests in flight. */
export function limitInFlightRequests(fastify: FastifyInstance, max = MAX_IN_FLIGHT): void {
  let inFlight = 0;
  const release = (): void => {
    inFlight -= 1;
  };
  fastify.addHook('onRequest', (request, reply, proceed) => {
    if (inFlight >= max && !isProbe(request)) {
      proceed(new QueueError('OVERLOADED', 'Too many requests are in progress.'));
      return;
    }
    if (!isProbe(request)) {
      inFlight += 1;
      reply.raw.once('close', release); // also after an aborted request
    }
    proceed();
  });
}

/**
 * Counts the requests of routes without authentication, and for unknown paths, against the client address.
 * The auth hooks count the others: by user with a valid token, by address with an invalid one.
 * Health and metrics have their own limit, so that other requests of the address cannot block a probe.
 */
export function limitRequestsByAddress(fastify: FastifyInstance, { authentication, limits }: AccessControl): void {
  const { ofAddress, ofProbe } = limits;
  if (!ofAddress) return;
  fastify.addHook(
    'onRequest',
    toHook((request) => {
      const { auth } = request.routeOptions.config;
      if (auth || authentication.isInternalCaller(request.headers.authorization)) return undefined;
      return isProbe(request) ? ofProbe?.(request.ip) : ofAddress(request.ip);
    }),
  );
}

/** Whether the route is health or metrics, which are answered under any load. */
export function isProbe({ routeOptions }: FastifyRequest): boolean {
  return PROBE_ROUTES.test(routeOptions.url ?? '');
}
