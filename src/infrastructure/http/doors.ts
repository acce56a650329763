import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify';
import { QueueError } from '../../application/errors.ts';
import type { EntryClaims, EntryTokens } from '../../application/ports/entry-tokens.port.ts';

/** Who may pass: operators; whoever may ask for entry (ENTRY_AUTH); the holder of an entry token for the path's concert. */
type Door = 'admin' | 'entry' | 'entry-token';

declare module 'fastify' {
  interface FastifyContextConfig {
    door?: Door;
  }
  interface FastifyRequest {
    /** Set behind the door `entry-token`. */
    entryClaims: EntryClaims | null;
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

/** Puts a route behind a door. */
export const Door = (door: Door): MethodDecorator => RouteConfig({ door });

/** What the caller's entry token says. Only behind the door `entry-token`. */
export const EntryToken = createParamDecorator((_: unknown, context: ExecutionContext): EntryClaims => {
  const { entryClaims } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!entryClaims) throw new TypeError('the route does not stand behind the door entry-token');
  return entryClaims;
});

/**
 * Hangs the doors into their routes as Fastify hooks: a stranger is turned away before the body is read, and a route
 * without a door pays nothing. (ADR 41.)
 */
export function hangDoors(house: HouseTokens, entryTokens: EntryTokens, { entryAuth }: DoorSettings) {
  const isEntryToken = (token: string): boolean => {
    try {
      entryTokens.verify(token);
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
    const claims = entryTokens.verify(token);
    if (claims.concertId !== concertIdOf(request))
      throw new QueueError('FORBIDDEN', 'The entry token is for another concert.');
    request.entryClaims = claims;
  };

  const doors: Readonly<Record<Door, onRequestHookHandler | undefined>> = {
    admin: hook(holderOf(house.isAdmin, 'admin')),
    entry: entryAuth === 'open' ? undefined : hook(holderOf(house.isService, 'service')),
    'entry-token': hook(ownEntry),
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
