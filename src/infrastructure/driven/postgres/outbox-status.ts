import { Client } from 'pg';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import { LEADER_LOCK } from './outbox-lock.ts';
import { APPLICATION_NAME } from './postgres-options.ts';

const TIMEOUT_MS = 5000;

interface StatusRow {
  readonly backlog: number;
  readonly oldest_seconds: number;
  readonly published: number;
  readonly lag: readonly [number, number] | null;
  readonly leader: string | null;
}

const STATUS = `
  with waiting as (
    select count(*)::float8 as backlog,
           coalesce(greatest(0, extract(epoch from clock_timestamp() - min(created_at))), 0)::float8 as oldest_seconds
    from concert_queue.outbox where published_at is null
  ), recent as (
    select count(*)::float8 as published,
           percentile_disc(array[0.5, 0.99]) within group (
             order by (extract(epoch from published_at - created_at) * 1000)::float8) as lag
    from concert_queue.outbox where published_at > clock_timestamp() - interval '1 minute'
  ), relay as (
    select max(application_name) as leader
    from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and classid = $1 and objid = $2 and granted
      and pg_locks.database = (select oid from pg_database where datname = current_database())
  )
  select * from waiting, recent, relay`;

/** Queries the outbox once with a new connection. @throws Error if the database is unavailable or has no outbox */
export async function outboxStatus({ url }: { readonly url: string }): Promise<OutboxStatus> {
  const client = new Client({
    connectionString: url,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: TIMEOUT_MS,
    statement_timeout: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => undefined); // the query fails too
  await client.connect();
  try {
    const { rows } = await client.query<StatusRow>(STATUS, LEADER_LOCK);
    const [row] = rows;
    if (!row) throw new Error('the status query returned no row');
    return {
      backlog: row.backlog,
      oldestSeconds: row.oldest_seconds,
      publishedPerSecond: row.published / 60,
      lagMs: row.lag ? { p50: row.lag[0], p99: row.lag[1] } : undefined,
      leader: row.leader?.replace('concert-queue relay ', ''),
    };
  } finally {
    await client.end();
  }
}
