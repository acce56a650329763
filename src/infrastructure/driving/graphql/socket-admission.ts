import { QueueError } from '../../../application/errors.ts';
import type { Authentication } from '../../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import type { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { clientSubnet } from '../../../lib/client-subnet.ts';
import { Slots } from '../../../lib/slots.ts';
import { CONNECT, type SocketConnection, TRY_AGAIN_LATER } from './socket-connection.ts';

const MAX_WITHOUT_TOKEN_PER_ADDRESS = 50;
const MAX_PER_ENTRY = 8;

/** Decides which connections may stay: by entry token, request limits and numbers of connections. */
export class SocketAdmission {
  readonly #withoutToken = new Slots(MAX_WITHOUT_TOKEN_PER_ADDRESS);
  readonly #perEntry = new Slots(MAX_PER_ENTRY);
  #withToken = 0;

  /** @param maxWithToken of all clients together */
  constructor(
    private readonly authentication: Authentication,
    private readonly limits: RequestLimits,
    private readonly telemetry: Telemetry,
    private readonly maxWithToken: number,
  ) {}

  /** undefined: not a valid entry token. */
  claimsOf(authorization: string | undefined): EntryClaims | undefined {
    if (authorization === undefined) return undefined;
    try {
      return this.authentication.verifyEntryToken(authorization, undefined);
    } catch (error) {
      if (error instanceof QueueError) return undefined;
      throw error;
    }
  }

  /** Fastify's hooks see no upgrades: the holder of a token counts by user, everyone else by address. */
  async rejection(address: string, claims: EntryClaims | undefined): Promise<QueueError | undefined> {
    try {
      await (claims ? this.limits.ofUser?.(claims.userId) : this.limits.ofAddress?.(address));
      return undefined;
    } catch (error) {
      if (error instanceof QueueError) return error;
      throw error;
    }
  }

  /** A slot for a connection without a token. @returns the function that frees it; undefined if the address has none left */
  takeSlotOf(address: string): (() => void) | undefined {
    return this.#withoutToken.take(clientSubnet(address));
  }

  /** Moves a connection from the slots of its address to those of its entry. @returns whether it may stay open */
  admit(connection: SocketConnection, claims: EntryClaims): boolean {
    const { socket } = connection;
    const freeEntry = this.#perEntry.take(`${claims.concertId}:${claims.userId}`);
    if (!freeEntry || this.#withToken >= this.maxWithToken) {
      freeEntry?.();
      this.telemetry.recordResponse('graphql', CONNECT, 'OVERLOADED');
      socket.close(TRY_AGAIN_LATER, 'Too many connections');
      return false;
    }
    connection.freeSlot();
    connection.claims = claims;
    this.#withToken += 1;
    socket.once('close', () => {
      this.#withToken -= 1;
      freeEntry();
    });
    this.telemetry.recordResponse('graphql', CONNECT, undefined);
    return true;
  }
}
