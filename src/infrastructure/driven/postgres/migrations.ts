import { join } from 'node:path';
import { Client } from 'pg';
import { FatalError } from '../../../application/errors.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { APPLICATION_NAME } from './postgres-settings.ts';

const SCHEMA = 'concert_queue';
const TABLE = 'migration';
const CONNECTED_WITHIN_MS = 5000;

type Connection = Readonly<{ url: string }>;

/**
 * Brings the schema `concert_queue` up to date: all that is missing in one transaction, one process at a time. Run again it does
 * nothing.
 *
 * @returns names of the migrations that were run
 */
export async function migrate({ url }: Connection, diagnostics: Logger): Promise<readonly string[]> {
  const { runner } = await import('node-pg-migrate'); // it brings much along, for a moment
  const done = await runner({ ...options(url), direction: 'up', logger: quiet(diagnostics) });
  return done.map(({ name }) => name);
}

/** @throws FatalError when a migration is missing, where they are not run by themselves */
export async function requireMigrated({ url }: Connection): Promise<void> {
  const client = new Client(connection(url));
  await client.connect();
  try {
    const { rows } = await client.query<{ found: boolean }>(
      `select to_regprocedure('${SCHEMA}.request_entry(text, text)') is not null as found`,
    );
    if (!rows[0]?.found)
      throw new FatalError('The database has no outbox. Run `concert-queue database migrate` first.');
  } finally {
    await client.end();
  }
}

function options(url: string) {
  return {
    databaseUrl: connection(url),
    dir: join(import.meta.dirname, 'migrations'),
    migrationsTable: TABLE,
    migrationsSchema: SCHEMA,
    createMigrationsSchema: true,
    // Of several processes that start at once, one does it and the others find it done.
    advisoryLockMode: 'wait' as const,
  };
}

function connection(connectionString: string) {
  return { connectionString, application_name: APPLICATION_NAME, connectionTimeoutMillis: CONNECTED_WITHIN_MS };
}

/** Whole scripts and every step are for whoever looks for them. */
function quiet(diagnostics: Logger) {
  const say = (message: string) => diagnostics.debug(message);
  return { debug: say, info: say, warn: say, error: say };
}
