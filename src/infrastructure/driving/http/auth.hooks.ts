import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyRequest, RouteOptions } from 'fastify';
import { QueueError } from '../../../application/errors.ts';
import type { AdmissionClaims, VerifyOptions } from '../../../application/ports/admission-tokens.port.ts';
import type { Caller, EntryRight, Operator } from '../../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import type { AccessControl } from './request-limit.hooks.ts';
import { toHook } from './to-hook.ts';

/**
 * The credential that a route requires: `admin` an operator's token; `entry` what ENTRY_AUTH sets; `entry-token` an entry token
 * for the path's concert; `admission-token` a valid admission token; `expired-admission-token` one that may have expired;
 * `metrics` METRICS_TOKEN where it is set; `optional` none, but a token identifies the caller.
 */
type AuthRequirement =
  | 'admin'
  | 'entry'
  | 'entry-token'
  | 'admission-token'
  | 'expired-admission-token'
  | 'metrics'
  | 'optional';

type AuthCheck = (request: FastifyRequest) => void | Promise<void>;

declare module 'fastify' {
  interface FastifyContextConfig {
    auth?: AuthRequirement;
  }
  interface FastifyRequest {
    /** Set on routes with `admin`. */
    operator: Operator | null;
    /** Set on routes with `entry`. */
    entryRight: EntryRight | null;
    /** Set on routes with `entry-token`. */
    entryClaims: EntryClaims | null;
    /** Set on routes with `admission-token` and `expired-admission-token`. */
    admissionClaims: AdmissionClaims | null;
    /** Set on routes with `optional`. */
    caller: Caller | null;
  }
}

/** @param config further configuration of the route: it has one decorator for all of it */
export const RequireAuth = (auth: AuthRequirement, config: Omit<FastifyContextConfig, 'auth'> = {}): MethodDecorator =>
  RouteConfig({ ...config, auth });

/** For whom the caller may request entry. @throws TypeError on a route that does not require `entry` */
export function entryRightOf({ entryRight }: FastifyRequest): EntryRight {
  if (!entryRight) throw new TypeError('the route does not require the credential entry');
  return entryRight;
}

/** The claims of the caller's entry token. @throws TypeError on a route that does not require `entry-token` */
export function entryClaimsOf({ entryClaims }: FastifyRequest): EntryClaims {
  if (!entryClaims) throw new TypeError('the route does not require the credential entry-token');
  return entryClaims;
}

/** Parameter decorator for `entryClaimsOf`. */
export const EntryToken = createParamDecorator((_: unknown, context: ExecutionContext) =>
  entryClaimsOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The claims of the caller's admission token, on routes that require one. */
export const AdmissionToken = createParamDecorator((_: unknown, context: ExecutionContext): AdmissionClaims => {
  const { admissionClaims } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!admissionClaims) throw new TypeError('the route does not require an admission token');
  return admissionClaims;
});

/**
 * Checks credentials in Fastify hooks of the routes that require them.
 * An unauthorized request is rejected before its body is read; other routes pay nothing.
 *
 * @returns an `onRoute` hook
 */
export function registerAuthHooks({ authentication, limits, entryRateLimiter }: AccessControl) {
  const verifyAdmission = (options: VerifyOptions) => async (request: FastifyRequest) => {
    request.admissionClaims = await authentication.verifyAdmissionToken(request.headers.authorization, options);
    const { userId } = request.admissionClaims;
    await (options.allowExpired ? limits.ofUser?.(userId) : limits.ofVerification?.(userId));
  };
  const checks: Readonly<Record<AuthRequirement, AuthCheck>> = {
    admin: async (request) => {
      request.operator = await authentication.operator(request.headers.authorization);
    },
    entry: (request) => {
      const right = authentication.authorizeEntry(request.headers.authorization);
      const set = (authorized: EntryRight): void | Promise<void> => {
        request.entryRight = authorized;
        if (authorized.by === 'anyone') return limits.ofAddress?.(request.ip);
        return authorized.by === 'user' ? limits.ofUser?.(authorized.userId) : undefined;
      };
      return right instanceof Promise ? right.then(set) : set(right);
    },
    'entry-token': (request) => {
      const claims = authentication.verifyEntryToken(request.headers.authorization, concertIdOf(request));
      request.entryClaims = claims;
      return limits.ofUser?.(claims.userId);
    },
    'admission-token': verifyAdmission({ allowExpired: false }),
    'expired-admission-token': verifyAdmission({ allowExpired: true }),
    metrics: (request) => {
      authentication.authorizeMetrics(request.headers.authorization);
      return limits.ofProbe?.(request.ip);
    },
    optional: async (request) => {
      const caller = await authentication.identify(request.headers.authorization);
      request.caller = caller;
      if (caller.kind === 'anonymous') await limits.ofAddress?.(request.ip);
    },
  };

  return (route: RouteOptions): void => {
    const { auth } = route.config ?? {};
    if (!auth) return;
    const authenticate = countFailures(checks[auth], limits);
    route.onRequest = toHook(authenticate);
    if (auth !== 'entry') return;
    // Check the limit first, consume it after authorization: unauthorized callers must not use up the limit.
    if (entryRateLimiter.isOn)
      route.onRequest = [
        toHook(() => entryRateLimiter.check()),
        toHook(authenticate),
        toHook(() => entryRateLimiter.consume()),
      ];
    const { ofUser } = limits;
    if (ofUser) route.preHandler = toHook((request) => limitApplicant(request, ofUser));
  };
}

/** Counts a request whose credential is rejected against its address. */
function countFailures(check: AuthCheck, { ofAddress }: AccessControl['limits']): AuthCheck {
  if (!ofAddress) return check;
  const onFailure = async (request: FastifyRequest, error: unknown): Promise<never> => {
    if (error instanceof QueueError && error.code !== 'TOO_MANY_REQUESTS') await ofAddress(request.ip);
    throw error;
  };
  return (request) => {
    try {
      const pending = check(request);
      return pending?.catch((error: unknown) => onFailure(request, error));
    } catch (error) {
      return onFailure(request, error);
    }
  };
}

function limitApplicant({ entryRight, body }: FastifyRequest, ofUser: (userId: string) => Promise<void>) {
  if (entryRight?.by === 'user') return undefined; // the `entry` check has counted it
  const userId = typeof body === 'object' && body !== null && 'userId' in body ? body.userId : undefined;
  return typeof userId === 'string' ? ofUser(userId) : undefined;
}

function concertIdOf({ params }: FastifyRequest): string {
  const id = typeof params === 'object' && params !== null && 'concertId' in params ? params.concertId : undefined;
  return typeof id === 'string' ? id : ''; // no token is valid for an empty id
}
