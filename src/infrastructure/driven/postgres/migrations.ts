import { join } from 'node:path';
import { Client } from 'pg';
import { FatalError } from '../../../application/errors.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { APPLICATION_NAME } from './postgres-options.ts';

const SCHEMA = 'concert_queue';
const TABLE = 'migration';
const CONNECT_TIMEOUT_MS = 5000;

type DatabaseUrl = Readonly<{ url: string }>;

/**
 * Runs the missing migrations of the schema `concert_queue` in one transaction, one process at a time. Idempotent.
 *
 * @returns names of the migrations that ran
 */
export async function migrate({ url }: DatabaseUrl, logger: Logger): Promise<readonly string[]> {
  const { runner } = await import('node-pg-migrate'); // a large package that only this function needs
  const done = await runner({ ...migrationOptions(url), direction: 'up', logger: debugLogger(logger) });
  return done.map(({ name }) => name);
}

/** For production, where the process does not migrate. @throws FatalError if a migration is missing */
export async function requireMigrated({ url }: DatabaseUrl): Promise<void> {
  const client = new Client(connectionOptions(url));
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

function migrationOptions(url: string) {
  return {
    databaseUrl: connectionOptions(url),
    dir: join(import.meta.dirname, 'migrations'),
    migrationsTable: TABLE,
    migrationsSchema: SCHEMA,
    createMigrationsSchema: true,
    // Concurrent processes wait for the one that migrates.
    advisoryLockMode: 'wait' as const,
  };
}

function connectionOptions(connectionString: string) {
  return { connectionString, application_name: APPLICATION_NAME, connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
}

/** The package logs complete scripts, so everything goes to debug. */
function debugLogger(logger: Logger) {
  const debug = (message: string) => logger.debug(message);
  return { debug, info: debug, warn: debug, error: debug };
}
