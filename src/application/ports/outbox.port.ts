import type { ConcertId, EntryId, UserId } from '../../domain/types.ts';
import type { Receipt } from './event-log.port.ts';

/** A request for entry that an application committed together with its own changes. */
export interface OutboxRow {
  /** Grows in the order of the inserts, not of the commits. */
  readonly id: bigint;
  readonly concertId: ConcertId;
  readonly userId: UserId;
  /** The same in every publication of the row, so that the fold recognises a repeat. */
  readonly entryId: EntryId;
  /** When the row was written, by the database's clock, in milliseconds since 1970. */
  readonly createdAt: number;
}

export interface Publication {
  readonly id: bigint;
  readonly receipt: Receipt;
}

/** The operations of the leading relay. Every call rejects after the leadership is lost. */
export interface OutboxLeadership {
  /** Committed rows without a receipt, by id, with an id above `after`; at most `limit`. */
  unpublished(after: bigint, limit: number): Promise<readonly OutboxRow[]>;
  /** Writes the receipts; all of them or none. */
  mark(publications: readonly Publication[]): Promise<void>;
  /** Removes rows that were published longer ago than this; at most `limit`. @returns how many */
  prune(olderThanSeconds: number, limit: number): Promise<number>;
  /** Resolves after a commit, when the leadership is lost, after `withinMs`, or when stopped. */
  woken(withinMs: number, stopped: AbortSignal): Promise<void>;
}

/** The table of requests that wait to be published. */
export interface Outbox {
  /** undefined: another process leads. Repeated calls of the leader return the same leadership. */
  lead(): Promise<OutboxLeadership | undefined>;
  /** Releases the leadership, or ends the wait for it. */
  close(): Promise<void>;
}
export const Outbox = Symbol('Outbox');

/** The status of an outbox, for operators. */
export interface OutboxStatus {
  /** Committed rows without a receipt. */
  readonly backlog: number;
  /** Age of the oldest of them in seconds; 0 when there is none. */
  readonly oldestSeconds: number;
  /** Publications of the last minute, per second. */
  readonly publishedPerSecond: number;
  /** Milliseconds from insert to publication, of the rows published in the last minute; undefined without any. */
  readonly lagMs: { readonly p50: number; readonly p99: number } | undefined;
  /** The name of the process that publishes; undefined: none does. */
  readonly leader: string | undefined;
}
