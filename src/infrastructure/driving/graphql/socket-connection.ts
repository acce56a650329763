import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';

/** One WebSocket of a client. The entry token comes with the upgrade or with `connection_init`. */
export interface SocketConnection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  claims: EntryClaims | undefined;
  /** Frees the slot that the connection holds now: of its address without a token, of its entry with one. */
  freeSlot: () => void;
}

/** The name of connections in metrics. */
export const CONNECT = 'connect';

/** Close code after which clients wait before they connect again. */
export const TRY_AGAIN_LATER = 1013;

/** The connection parameter, in any case, or the header of the upgrade. */
export function authorizationOf(
  params: Readonly<Record<string, unknown>> | undefined,
  request: IncomingMessage,
): string | undefined {
  const [, given] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof given === 'string' ? given : request.headers.authorization;
}
