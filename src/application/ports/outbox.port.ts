import type { ConcertId, EntryId, UserId } from '../../domain/types.ts';
import type { Receipt } from './event-log.port.ts';

/** A request for entry that an application committed together with its own changes. */
export interface OutboxRow {
  /** Grows with the order in which rows were written, not with that of their commits. */
  readonly id: bigint;
  readonly concertId: ConcertId;
  readonly userId: UserId;
  /** The same in every publication of the row: by it the fold knows a repeat. */
  readonly entryId: EntryId;
  /** When the row was written, by the database's clock, in milliseconds since 1970. */
  readonly createdAt: number;
}

export interface Publication {
  readonly id: bigint;
  readonly receipt: Receipt;
}

/** What the one relay that leads may do. Every call rejects once the lead is lost, and then another may have it. */
export interface OutboxLeadership {
  /** Committed rows without a receipt, by id, with an id above `after`; at most `limit`. */
  unpublished(after: bigint, limit: number): Promise<readonly OutboxRow[]>;
  /** Writes the receipts; all of them or none. */
  mark(publications: readonly Publication[]): Promise<void>;
  /** Removes rows that were published longer ago than this; at most `limit`. @returns how many */
  prune(olderThanSeconds: number, limit: number): Promise<number>;
  /** Resolves when something was committed since the last look, when the lead is lost, after `withinMs`, or when stopped. */
  woken(withinMs: number, stopped: AbortSignal): Promise<void>;
}

/** The table of requests that wait to be published. */
export interface Outbox {
  /** undefined: another process leads. The process that leads already gets the same leadership again. */
  lead(): Promise<OutboxLeadership | undefined>;
  /** Gives up the lead, or the wait for it. */
  close(): Promise<void>;
}
export const Outbox = Symbol('Outbox');

/** What an operator wants to know of an outbox. */
export interface OutboxStatus {
  /** Committed rows without a receipt. */
  readonly backlog: number;
  /** Age of the oldest of them in seconds; 0 when there is none. */
  readonly oldestSeconds: number;
  /** Publications of the last minute, per second. */
  readonly publishedPerSecond: number;
  /** Half and 99 of 100 rows published in the last minute had to wait at most so many milliseconds; undefined without any. */
  readonly lagMs: { readonly p50: number; readonly p99: number } | undefined;
  /** The process that publishes, as it names itself; undefined: none does. */
  readonly leader: string | undefined;
}
