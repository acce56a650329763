/** Input and output of the load generator. */

/** Requests for entry, each by another user. */
export interface EntryWorkload {
  readonly kind: 'entries';
  readonly userPrefix: string;
  /** The concerts are named by this prefix and 0, 1, ... */
  readonly concertPrefix: string;
  readonly concerts: number;
  /** Share of all requests, 0 to 1, for the first concert; the others are for all concerts in turn. Default 0. */
  readonly hotShare?: number;
}

/** Polls of own entries, each with its token. */
export interface PollWorkload {
  readonly kind: 'polls';
  /** A file with a line `concertId token` for each entry. */
  readonly tokensFile: string;
}

/** Reads of one queue document. */
export interface DocumentWorkload {
  readonly kind: 'documents';
  readonly concertId: string;
  /** Send the ETag of the last response. */
  readonly conditional: boolean;
}

export interface LoadPlan {
  /** `http://host:port` */
  readonly address: string;
  readonly connections: number;
  readonly seconds: number;
  readonly workload: EntryWorkload | PollWorkload | DocumentWorkload;
  /** Arrivals a second, evenly spaced (open loop). Undefined: each connection sends the next request after a response (closed loop). */
  readonly rate?: number;
  /** Accepted entries a second that are polled until the view shows them. */
  readonly samplesPerSecond?: number;
  /** File for the entry tokens of all accepted requests, one a line, written at the end. */
  readonly entryTokensFile?: string;
}

/** In milliseconds. In an open loop from the time the request was due, even if no connection was free then. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** The latencies are those of responses with the expected status. */
export interface LoadResult extends Latency {
  /** Number of responses with any status. */
  readonly responses: number;
  /** Responses with another status than the expected one. */
  readonly unexpected: number;
  /** Requests whose connection failed and, in an open loop, requests without a response in time. */
  readonly failed: number;
  readonly seconds: number;
  /** Status -> number of responses. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Responses 503 with `Retry-After`. */
  readonly retryAfter: number;
  /** Latencies of the unexpected responses; undefined with wrk. */
  readonly unexpectedLatency?: Latency;
  /** CPU time of the generator itself, in microseconds. */
  readonly generatorMicros: number;
  /** From the 202 until the view showed the entry, for the sampled entries. */
  readonly visible?: Latency & { readonly samples: number };
}
