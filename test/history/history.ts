/** What a crowd said and was told, what the log holds, and what was stored in the end: all that the promises are judged by. */
import type { Policy, QueueEvent } from '../../src/domain/events.generated.ts';

/** A call's words. `token`: the offset that the entry or admission token was given for. */
export type Said =
  | { readonly is: 'enter'; readonly userId: string }
  | { readonly is: 'look' | 'leave' | 'claim' | 'complete' | 'verify'; readonly userId: string; readonly token: number }
  | { readonly is: 'configure'; readonly policy: Policy }
  | { readonly is: 'pause' | 'resume' | 'close' | 'read' }
  | { readonly is: 'disqualify' | 'reinstate'; readonly userId: string };

export interface ToldEntry {
  readonly state: string;
  /** Of the receipt of the request that created the entry. */
  readonly offset: number;
  readonly place?: number | undefined;
  readonly position?: number | undefined;
  /** Milliseconds since 1970. */
  readonly claimBy?: number | undefined;
  readonly activeUntil?: number | undefined;
  readonly rejectedBecause?: string | undefined;
  readonly projectedOffset: number;
}
export interface ToldQueue {
  readonly state: string;
  readonly registered: number;
  readonly waiting: number;
  readonly ready: number;
  readonly active: number;
  readonly admittedThrough: number;
  readonly projectedOffset: number;
}

/** A call's answer; `silence`: none, or one that promises nothing (503). */
export type Told =
  | { readonly is: 'receipt'; readonly offset: number }
  | { readonly is: 'entry'; readonly entry: ToldEntry }
  | { readonly is: 'queue'; readonly queue: ToldQueue }
  | { readonly is: 'admission'; readonly activeUntil: number }
  | { readonly is: 'yes' }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'silence'; readonly why: string };

export interface Call {
  readonly number: number;
  readonly concertId: string;
  readonly said: Said;
  readonly told: Told;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Logged {
  readonly partition: number;
  readonly offset: number;
  /** The broker's stamp, milliseconds since 1970. */
  readonly timestamp: number;
  readonly event: QueueEvent;
}

/** Log time, and the partition in whose concerts it was dark. */
export interface Outage {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Where a record stands, whatever it is. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
}

/** A life as it is stored, or as the model has it: plain. */
export interface PlainLife {
  readonly userId: string;
  readonly entryId: string;
  readonly offset: number;
  readonly place: number;
  readonly state: string;
  readonly claimBy?: number | undefined;
  readonly activeUntil?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly reason?: string | undefined;
}

export interface Stored {
  readonly offset: number;
  /** The whole state in canonical form. */
  readonly canonical: string;
  readonly entries: readonly PlainLife[];
  readonly disqualified: readonly string[];
  /** Users who wait, front first, as positions are counted. */
  readonly waiting: readonly string[];
}

/** The project's own fold of the log from 0, as far as `stored` is, looked at after each record. */
export interface Folded {
  readonly canonical: string;
  readonly steps: readonly { readonly offset: number; readonly called: number; readonly capacity: number }[];
}

export interface History {
  /** From it every choice of the crowd follows. */
  readonly seed: number;
  readonly calls: readonly Call[];
  /** All that can be read in the log, in order. */
  readonly log: readonly Logged[];
  /** Records that cannot. */
  readonly unreadable: readonly Position[];
  /** Origins of what is in the dead letter topic. */
  readonly deadLetters: readonly Position[];
  readonly stored: ReadonlyMap<string, Stored>;
  readonly folded: ReadonlyMap<string, Folded>;
  /** Records that were not projected when everything had had its time. */
  readonly lag: number;
  /** Log time in which nobody could be told anything, by faults made on purpose. */
  readonly outages: readonly Outage[];
}

export function logOf({ log }: History, concertId: string): readonly Logged[] {
  return log.filter(({ event }) => event.concertId === concertId);
}

export function concertsOf({ calls }: History): readonly string[] {
  return [...new Set(calls.map(({ concertId }) => concertId))];
}

export function words({ number, said, told }: Call): string {
  return `call ${number} (${JSON.stringify(said)} -> ${JSON.stringify(told)})`;
}
