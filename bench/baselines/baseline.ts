/** The parts of a baseline: an HTTP server, and a backend with the design to compare. All implement the same API. */
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

/** The response of `GET …/entries/me`, as far as the baselines implement it. */
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

export interface Backend {
  /** Resolves with a receipt when the user has a place; for a user with a place, the same or a later receipt. */
  enter(concertId: string, userId: string): Accepted | Promise<Accepted>;
  /** The entry of the user in the token. */
  entry(token: string): OwnEntry | Promise<OwnEntry>;
}

/** Serves a backend on a port of 127.0.0.1. Resolves when it listens. */
export type ServeHttp = (backend: Backend, port: number) => Promise<void>;

/** All baselines sign tokens like the application: the token is part of the API. */
export const tokens = new HmacEntryTokens(['a secret of the benchmark that guards nothing']);

export function accepted(concertId: string, userId: string, receipt: Receipt): Accepted {
  const { partition, offset } = receipt;
  const entryToken = tokens.sign({ userId, concertId, partition, offset });
  return { entryToken, receipt, state: 'PENDING', pollAfterMs: pollAfterMs(undefined, Math.random()) };
}

/** @param stored receipt and number of entries ahead, if the view has the entry */
export function ownEntry(
  { concertId, userId, partition, offset }: EntryClaims,
  topic: string,
  projectedOffset: number,
  stored: { readonly offset: number; readonly ahead: number } | undefined,
): OwnEntry {
  const common = { concertId, userId, projectedOffset, pollAfterMs: pollAfterMs(stored?.ahead, Math.random()) };
  if (!stored) return { ...common, state: 'PENDING', receipt: { topic, partition, offset } };
  const place = { place: stored.offset, position: stored.ahead + 1, ahead: stored.ahead };
  return { ...common, ...place, state: 'WAITING', receipt: { topic, partition, offset: stored.offset } };
}
