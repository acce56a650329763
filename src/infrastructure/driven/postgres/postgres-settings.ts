/** What the PostgreSQL adapters need to know. Given to each of them by the composition root. */
export interface PostgresSettings {
  /** `postgres://…`, with `sslmode` and the like in its query. */
  readonly url: string;
  /** Most connections of this process that answer requests; >= 1. */
  readonly poolSize: number;
  /** Longest that a look at the records may take, waiting for a connection included, in milliseconds. */
  readonly timeoutMs: number;
}

/** Shown in `pg_stat_activity`. */
export const APPLICATION_NAME = 'concert-queue';
