import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest, RouteOptions } from 'fastify';
import { QueueError } from '../../../application/errors.ts';
import type { AdmissionClaims, VerifyOptions } from '../../../application/ports/admission-tokens.port.ts';
import type { Caller, EntryRight, Operator } from '../../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import type { AccessControl } from './request-limit.hooks.ts';
import { toHook } from './to-hook.ts';

/**
 * Who may pass: operators; whoever may ask for entry (ENTRY_AUTH); the holder of an entry token for the path's concert; the
 * holder of an admission token, and of one whose time is over too.
 */
type RequireAuth =
  | 'admin'
  | 'entry'
  | 'entry-token'
  | 'admission-token'
  | 'expired-admission-token'
  | 'metrics'
  | 'optional';

type Check = (request: FastifyRequest) => void | Promise<void>;

declare module 'fastify' {
  interface FastifyContextConfig {
    door?: RequireAuth;
  }
  interface FastifyRequest {
    /** Set behind the door `admin`. */
    operator: Operator | null;
    /** Set behind the door `entry`. */
    entryRight: EntryRight | null;
    /** Set behind the door `entry-token`. */
    entryClaims: EntryClaims | null;
    /** Set behind the doors `admission-token` and `expired-admission-token`. */
    admissionClaims: AdmissionClaims | null;
    /** Who sent the request, where the route takes callers with and without a token (`optional`). */
    caller: Caller | null;
  }
}

/** Puts a route behind a door. */
export const RequireAuth = (door: RequireAuth): MethodDecorator => RouteConfig({ door });

/** In whose name the caller may ask for entry. Only behind the door `entry`. */
export function entryRightOf({ entryRight }: FastifyRequest): EntryRight {
  if (!entryRight) throw new TypeError('the route does not stand behind the door entry');
  return entryRight;
}

/** What the caller's entry token says. Only behind the door `entry-token`. */
export function entryClaimsOf({ entryClaims }: FastifyRequest): EntryClaims {
  if (!entryClaims) throw new TypeError('the route does not stand behind the door entry-token');
  return entryClaims;
}

/** The same as a parameter. */
export const EntryToken = createParamDecorator((_: unknown, context: ExecutionContext) =>
  entryClaimsOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** What the caller's admission token says. Only behind a door for admission tokens. */
export const AdmissionToken = createParamDecorator((_: unknown, context: ExecutionContext): AdmissionClaims => {
  const { admissionClaims } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!admissionClaims) throw new TypeError('the route does not stand behind a door for admission tokens');
  return admissionClaims;
});

/**
 * Hangs the doors into their routes as Fastify hooks: a stranger is turned away before the body is read, and a route
 * without a door pays nothing. (ADR 26.)
 */
export function registerAuthHooks({ callers, limits, accepts }: AccessControl) {
  const admitted = (options: VerifyOptions) => async (request: FastifyRequest) => {
    request.admissionClaims = await callers.verifyAdmissionToken(request.headers.authorization, options);
    const { userId } = request.admissionClaims;
    await (options.allowExpired ? limits.ofUser?.(userId) : limits.ofVerification?.(userId));
  };
  const doors: Readonly<Record<RequireAuth, Check>> = {
    admin: async (request) => {
      request.operator = await callers.operator(request.headers.authorization);
    },
    entry: (request) => {
      const right = callers.authorizeEntry(request.headers.authorization);
      const set = (given: EntryRight): void | Promise<void> => {
        request.entryRight = given;
        if (given.by === 'anyone') return limits.ofAddress?.(request.ip);
        return given.by === 'user' ? limits.ofUser?.(given.userId) : undefined;
      };
      return right instanceof Promise ? right.then(set) : set(right);
    },
    'entry-token': (request) => {
      const claims = callers.verifyEntryToken(request.headers.authorization, concertIdOf(request));
      request.entryClaims = claims;
      return limits.ofUser?.(claims.userId);
    },
    'admission-token': admitted({ allowExpired: false }),
    'expired-admission-token': admitted({ allowExpired: true }),
    metrics: (request) => {
      callers.authorizeMetrics(request.headers.authorization);
      return limits.ofProbe?.(request.ip);
    },
    optional: async (request) => {
      const caller = await callers.identify(request.headers.authorization);
      request.caller = caller;
      if (caller.kind === 'anonymous') await limits.ofAddress?.(request.ip);
    },
  };

  /** For Fastify's `onRoute`. */
  return (route: RouteOptions): void => {
    const { door } = route.config ?? {};
    if (!door) return;
    const authenticate = countingFailures(doors[door], limits);
    route.onRequest = toHook(authenticate);
    if (door !== 'entry') return;
    // Looked at first, taken once the caller has the right to ask: strangers use up nobody's turn.
    if (accepts.isOn)
      route.onRequest = [toHook(() => accepts.check()), toHook(authenticate), toHook(() => accepts.consume())];
    const { ofUser } = limits;
    if (ofUser) route.preHandler = toHook((request) => limitApplicant(request, ofUser));
  };
}

/** A request whose credential fails counts against its address. */
function countingFailures(check: Check, { ofAddress }: AccessControl['limits']): Check {
  if (!ofAddress) return check;
  const failed = async (request: FastifyRequest, error: unknown): Promise<never> => {
    if (error instanceof QueueError && error.code !== 'TOO_MANY_REQUESTS') await ofAddress(request.ip);
    throw error;
  };
  return (request) => {
    try {
      const checked = check(request);
      return checked?.catch((error: unknown) => failed(request, error));
    } catch (error) {
      return failed(request, error);
    }
  };
}

function limitApplicant({ entryRight, body }: FastifyRequest, ofUser: (userId: string) => Promise<void>) {
  if (entryRight?.by === 'user') return undefined; // counted before its body was read
  const named = typeof body === 'object' && body !== null && 'userId' in body ? body.userId : undefined;
  return typeof named === 'string' ? ofUser(named) : undefined;
}

function concertIdOf({ params }: FastifyRequest): string {
  const id = typeof params === 'object' && params !== null && 'concertId' in params ? params.concertId : undefined;
  return typeof id === 'string' ? id : ''; // which no token is for
}
