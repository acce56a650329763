export interface PostgresOptions {
  /** `postgres://…`, with options such as `sslmode` in the query. */
  readonly url: string;
  /** Maximum number of connections; at least 1. */
  readonly poolSize: number;
  /** Timeout of one lookup, including the wait for a connection, in milliseconds. */
  readonly timeoutMs: number;
}

/** The name in `pg_stat_activity`. */
export const APPLICATION_NAME = 'concert-queue';
