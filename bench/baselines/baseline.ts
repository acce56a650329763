/** What a rival is made of: a door, which is HTTP, and a desk, which is the design behind it. The contract is one for all. */
import type { EntryClaims } from '../../src/application/ports/entry-tokens.port.ts';
import { built } from './built.ts';

const { HmacEntryTokens } = await built<typeof import('../../src/infrastructure/driven/tokens/entry-token.hmac.ts')>(
  'infrastructure/driven/tokens/entry-token.hmac',
);
const { pollAfterMs } = await built<typeof import('../../src/domain/estimates.ts')>('domain/estimates');

export interface Receipt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface Accepted {
  readonly entryToken: string;
  readonly receipt: Receipt;
  readonly state: 'PENDING';
  readonly pollAfterMs: number;
}

/** What `GET …/entries/me` answers, as far as the rivals know of it. */
export interface OwnEntry {
  readonly concertId: string;
  readonly userId: string;
  readonly state: 'PENDING' | 'WAITING';
  readonly receipt: Receipt;
  readonly place?: number;
  readonly position?: number;
  readonly ahead?: number;
  readonly pollAfterMs: number;
  readonly projectedOffset: number;
}

export interface Desk {
  /** Resolves with the receipt once the user has a place; for who has one, with any later or the same receipt. */
  enter(concertId: string, userId: string): Accepted | Promise<Accepted>;
  /** Of whoever the token names. */
  entry(token: string): OwnEntry | Promise<OwnEntry>;
}

/** Serves a desk at a port of 127.0.0.1. Resolves when it listens. */
export type Door = (desk: Desk, port: number) => Promise<void>;

/** All rivals sign as the application does: the token is part of the contract. Secrets last as long as the process. */
export const tokens = new HmacEntryTokens(['a secret of the benchmark that guards nothing']);

export function accepted(concertId: string, userId: string, receipt: Receipt): Accepted {
  const { partition, offset } = receipt;
  const entryToken = tokens.sign({ userId, concertId, partition, offset });
  return { entryToken, receipt, state: 'PENDING', pollAfterMs: pollAfterMs(undefined, Math.random()) };
}

/** @param stored where the entry stands, if the view has it: its receipt, and how many are before it */
export function ownEntry(
  { concertId, userId, partition, offset }: EntryClaims,
  topic: string,
  projectedOffset: number,
  stored: { readonly offset: number; readonly ahead: number } | undefined,
): OwnEntry {
  const who = { concertId, userId, projectedOffset, pollAfterMs: pollAfterMs(stored?.ahead, Math.random()) };
  if (!stored) return { ...who, state: 'PENDING', receipt: { topic, partition, offset } };
  const place = { place: stored.offset, position: stored.ahead + 1, ahead: stored.ahead };
  return { ...who, ...place, state: 'WAITING', receipt: { topic, partition, offset: stored.offset } };
}
