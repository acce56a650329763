/** The calls of simulated users with their responses, the log and the stored state: the input of the promise checks. */
import type { Policy, QueueEvent } from '../../src/domain/events.generated.ts';

/** `token`: the receipt offset in the entry or admission token. */
export type ApiRequest =
  | { readonly is: 'enter'; readonly userId: string }
  | {
      readonly is: 'getEntry' | 'leave' | 'claim' | 'complete' | 'verify';
      readonly userId: string;
      readonly token: number;
    }
  | { readonly is: 'configure'; readonly policy: Policy }
  | { readonly is: 'pause' | 'resume' | 'close' | 'getQueue' }
  | { readonly is: 'disqualify' | 'reinstate'; readonly userId: string };

export interface EntryResponse {
  readonly state: string;
  /** Receipt offset of the request that created the entry. */
  readonly offset: number;
  readonly place?: number | undefined;
  readonly position?: number | undefined;
  /** Milliseconds since 1970. */
  readonly claimBy?: number | undefined;
  readonly activeUntil?: number | undefined;
  readonly rejectedBecause?: string | undefined;
  readonly projectedOffset: number;
}
export interface QueueResponse {
  readonly state: string;
  readonly registered: number;
  readonly waiting: number;
  readonly ready: number;
  readonly active: number;
  readonly admittedThrough: number;
  readonly projectedOffset: number;
}

/** `silence`: no response, or one that leaves the outcome open (503). */
export type ApiResponse =
  | { readonly is: 'receipt'; readonly offset: number }
  | { readonly is: 'entry'; readonly entry: EntryResponse }
  | { readonly is: 'queue'; readonly queue: QueueResponse }
  | { readonly is: 'admission'; readonly activeUntil: number }
  | { readonly is: 'yes' }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'silence'; readonly why: string };

export interface Call {
  readonly number: number;
  readonly concertId: string;
  readonly request: ApiRequest;
  readonly response: ApiResponse;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  /** Set by the broker, milliseconds since 1970. */
  readonly timestamp: number;
  readonly event: QueueEvent;
  /** Of a redrive: the position of the dead letter. */
  readonly redriveOf?: { readonly offset: number; readonly timestamp: number };
}

/** A span of log time in which no user of the partition's concerts could see the state of an entry. */
export interface Outage {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Position of a record in the log. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
}

/** An entry as stored, or as the model has it. */
export interface PlainEntry {
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
  readonly entries: readonly PlainEntry[];
  readonly disqualified: readonly string[];
  /** Waiting users in the order of their positions. */
  readonly waiting: readonly string[];
}

/** The fold of the product from offset 0 to the offset of `stored`, with the counts after each record. */
export interface Folded {
  readonly canonical: string;
  readonly steps: readonly { readonly offset: number; readonly admitted: number; readonly capacity: number }[];
}

export interface History {
  /** Seed of every choice of the simulated users. */
  readonly seed: number;
  readonly calls: readonly Call[];
  /** Readable records in log order. */
  readonly log: readonly LoggedRecord[];
  /** Records that cannot be decoded. */
  readonly unreadable: readonly Position[];
  /** Origins of the dead letters. */
  readonly deadLetters: readonly Position[];
  readonly stored: ReadonlyMap<string, Stored>;
  readonly folded: ReadonlyMap<string, Folded>;
  /** Records not projected at the end. */
  readonly lag: number;
  /** Outages caused by injected faults. */
  readonly outages: readonly Outage[];
}

export function logOf({ log }: History, concertId: string): readonly LoggedRecord[] {
  return log.filter(({ event }) => event.concertId === concertId);
}

export function concertsOf({ calls }: History): readonly string[] {
  return [...new Set(calls.map(({ concertId }) => concertId))];
}

export function describeCall({ number, request, response }: Call): string {
  return `call ${number} (${JSON.stringify(request)} -> ${JSON.stringify(response)})`;
}
