import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler, RouteOptions } from 'fastify';
import { QueueError } from '../../application/errors.ts';
import type { AdmissionClaims, AdmissionTokens } from '../../application/ports/admission-tokens.port.ts';
import type { EntryClaims, EntryTokens } from '../../application/ports/entry-tokens.port.ts';

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
    /** Set behind the door `entry-token`. */
    entryClaims: EntryClaims | null;
    /** Set behind the doors `admission-token` and `lapsed-admission-token`. */
    admissionClaims: AdmissionClaims | null;
  }
}

/** The bearer tokens of the house. Both compare in constant time. */
export interface HouseTokens {
  isAdmin(token: string): boolean;
  isService(token: string): boolean;
}

export interface DoorSettings {
  readonly entryAuth: 'open' | 'service';
}

/** The tokens that carry their own proof. */
export interface SignedTokens {
  readonly entry: EntryTokens;
  readonly admission: AdmissionTokens;
}

/** Puts a route behind a door. */
export const Door = (door: Door): MethodDecorator => RouteConfig({ door });

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
export function hangDoors(house: HouseTokens, { entry, admission }: SignedTokens, { entryAuth }: DoorSettings) {
  const isEntryToken = (token: string): boolean => {
    try {
      entry.verify(token);
      return true;
    } catch (error) {
      if (error instanceof QueueError) return false;
      throw error;
    }
  };
  const knows = (token: string): boolean => house.isAdmin(token) || house.isService(token) || isEntryToken(token);

  const holderOf = (matches: (token: string) => boolean, whose: string) => (request: FastifyRequest) => {
    const token = bearer(request);
    if (matches(token)) return;
    if (knows(token)) throw new QueueError('FORBIDDEN', `This needs the ${whose} token.`);
    throw new QueueError('UNAUTHENTICATED', `The bearer token is not the ${whose} token.`);
  };

  const ownEntry = (request: FastifyRequest): void => {
    const token = bearer(request);
    if (house.isAdmin(token) || house.isService(token)) throw new QueueError('FORBIDDEN', 'This needs an entry token.');
    const claims = entry.verify(token);
    if (claims.concertId !== concertIdOf(request))
      throw new QueueError('FORBIDDEN', 'The entry token is for another concert.');
    request.entryClaims = claims;
  };

  const admitted = (lapsed: 'refused' | 'taken') => async (request: FastifyRequest) => {
    request.admissionClaims = await admission.verify(bearer(request), lapsed);
  };

  const doors: Readonly<Record<Door, onRequestHookHandler | onRequestAsyncHookHandler | undefined>> = {
    admin: hook(holderOf(house.isAdmin, 'admin')),
    entry: entryAuth === 'open' ? undefined : hook(holderOf(house.isService, 'service')),
    'entry-token': hook(ownEntry),
    'admission-token': admitted('refused'),
    'lapsed-admission-token': admitted('taken'),
  };

  /** For Fastify's `onRoute`. */
  return (route: RouteOptions): void => {
    const door = route.config?.door && doors[route.config.door];
    if (door) route.onRequest = door;
  };
}

function hook(check: (request: FastifyRequest) => void): onRequestHookHandler {
  return (request, _reply, done) => {
    try {
      check(request);
    } catch (error) {
      done(error instanceof Error ? error : new Error('refused', { cause: error }));
      return;
    }
    done();
  };
}

function bearer({ headers }: FastifyRequest): string {
  const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new QueueError('UNAUTHENTICATED', 'The header Authorization: Bearer is needed.');
  return token;
}

function concertIdOf({ params }: FastifyRequest): unknown {
  return typeof params === 'object' && params !== null && 'concertId' in params ? params.concertId : undefined;
}
