import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify';
import type { AdmissionClaims } from '../../application/ports/admission-tokens.port.ts';
import type { Authentication, EntryRight, Operator } from '../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../application/ports/entry-tokens.port.ts';

/**
 * Who may pass: operators; whoever may ask for entry (ENTRY_AUTH); the holder of an entry token for the path's concert; the
 * holder of an admission token, and of one whose time is over too.
 */
type Door = 'admin' | 'entry' | 'entry-token' | 'admission-token' | 'lapsed-admission-token';

declare module 'fastify' {
  interface FastifyContextConfig {
    door?: Door;
  }
  interface FastifyRequest {
    /** Set behind the door `admin`. */
    operator: Operator | null;
    /** Set behind the door `entry`. */
    entryRight: EntryRight | null;
    /** Set behind the door `entry-token`. */
    entryClaims: EntryClaims | null;
    /** Set behind the doors `admission-token` and `lapsed-admission-token`. */
    admissionClaims: AdmissionClaims | null;
  }
}

/** Puts a route behind a door. */
export const Door = (door: Door): MethodDecorator => RouteConfig({ door });

/** In whose name the caller may ask for entry. Only behind the door `entry`. */
export const Applying = createParamDecorator((_: unknown, context: ExecutionContext): EntryRight => {
  const { entryRight } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!entryRight) throw new TypeError('the route does not stand behind the door entry');
  return entryRight;
});

/** What the caller's entry token says. Only behind the door `entry-token`. */
export const EntryToken = createParamDecorator((_: unknown, context: ExecutionContext): EntryClaims => {
  const { entryClaims } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!entryClaims) throw new TypeError('the route does not stand behind the door entry-token');
  return entryClaims;
});

/** What the caller's admission token says. Only behind a door for admission tokens. */
export const AdmissionToken = createParamDecorator((_: unknown, context: ExecutionContext): AdmissionClaims => {
  const { admissionClaims } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!admissionClaims) throw new TypeError('the route does not stand behind a door for admission tokens');
  return admissionClaims;
});

/**
 * Hangs the doors into their routes as Fastify hooks: a stranger is turned away before the body is read, and a route
 * without a door pays nothing. (ADR 41.)
 */
export function hangDoors(callers: Authentication) {
  const doors: Readonly<Record<Door, (request: FastifyRequest) => void | Promise<void>>> = {
    admin: async (request) => {
      request.operator = await callers.operator(request.headers.authorization);
    },
    entry: (request) => {
      const right = callers.applying(request.headers.authorization);
      if (!(right instanceof Promise)) {
        request.entryRight = right;
        return undefined;
      }
      return right.then((given) => {
        request.entryRight = given;
      });
    },
    'entry-token': (request) => {
      request.entryClaims = callers.holder(request.headers.authorization, concertIdOf(request));
    },
    'admission-token': async (request) => {
      request.admissionClaims = await callers.admitted(request.headers.authorization, 'refused');
    },
    'lapsed-admission-token': async (request) => {
      request.admissionClaims = await callers.admitted(request.headers.authorization, 'taken');
    },
  };

  /** For Fastify's `onRoute`. */
  return (route: RouteOptions): void => {
    if (route.config?.door) route.onRequest = hook(doors[route.config.door]);
  };
}

/** Waits only for what is a promise: most doors judge at once. */
function hook(check: (request: FastifyRequest) => void | Promise<void>): onRequestHookHandler {
  return (request, _reply, proceed) => {
    const refuse = (error: unknown): void => proceed(asError(error));
    try {
      const checked = check(request);
      if (checked) checked.then(() => proceed(), refuse);
      else proceed();
    } catch (error) {
      refuse(error);
    }
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('refused', { cause: error });
}

function concertIdOf({ params }: FastifyRequest): string {
  const id = typeof params === 'object' && params !== null && 'concertId' in params ? params.concertId : undefined;
  return typeof id === 'string' ? id : ''; // which no token is for
}
