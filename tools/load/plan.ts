/** What the load generator is asked for, and what it tells. */

export interface Entries {
  readonly kind: 'entries';
  /** No user of the run asks twice. */
  readonly userPrefix: string;
  /** The concerts are this and 0, 1, ... */
  readonly concertPrefix: string;
  readonly concerts: number;
  /** This share of all requests, 0 to 1, is for the first concert, the others go to all in turn. Default 0. */
  readonly hotShare?: number;
}

/** Own entries, each asked for with its token. */
export interface Polls {
  readonly kind: 'polls';
  /** A line of `concertId token` for each. */
  readonly tokensFile: string;
}

/** One queue document. */
export interface Documents {
  readonly kind: 'documents';
  readonly concertId: string;
  /** Asked for with the ETag of the last answer. */
  readonly conditional: boolean;
}

export interface LoadPlan {
  /** `http://host:port` */
  readonly address: string;
  readonly connections: number;
  readonly seconds: number;
  readonly ask: Entries | Polls | Documents;
  /** Arrivals a second, evenly spaced, whatever the answers do (open loop). Without: each connection asks when it was answered. */
  readonly rate?: number;
  /** Of the entries accepted, so many a second are followed until the view shows them. */
  readonly followedPerSecond?: number;
  /** The entry tokens of all that were accepted are left here in the end, one a line. */
  readonly acceptedFile?: string;
}

/** Milliseconds. In an open loop from the moment a request was due, whether or not a connection was free then. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LoadSeen extends Latency {
  /** Of whatever status. */
  readonly answers: number;
  /** Answers that were not what was asked for. */
  readonly refused: number;
  /** Requests whose connection failed, and (open loop) those that were not answered in time. */
  readonly broken: number;
  readonly seconds: number;
  /** Status -> answers. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Of the answers 503 those with `Retry-After`. */
  readonly retryAfter: number;
  /** How long those took that were answered something else (not told by wrk). */
  readonly refusals?: Latency;
  /** CPU time of the generator itself, in microseconds. */
  readonly ownMicros: number;
  /** From the 202 until the view showed the entry, of those that were followed. */
  readonly visible?: Latency & { readonly followed: number };
}
