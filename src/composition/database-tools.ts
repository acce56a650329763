import { FatalError } from '../application/errors.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import type { OutboxStatus } from '../application/ports/outbox.port.ts';
import type { Settings } from '../config/settings.ts';
import { migrate } from '../infrastructure/driven/postgres/migrations.ts';
import { outboxStatus } from '../infrastructure/driven/postgres/outbox-status.ts';
import { causeOf } from '../infrastructure/driven/postgres/postgres-error.ts';

/** What operators do with PostgreSQL. @throws FatalError in one line that quotes nothing of the database */
export function databaseTools({ database }: Pick<Settings, 'database'>, diagnostics: Logger) {
  const url = (): { readonly url: string } => {
    if (!database) throw new FatalError('There is no database: DATABASE_URL is not set.');
    return database;
  };
  return {
    migrate: (): Promise<readonly string[]> => migrate(url(), diagnostics).catch(refused),
    outboxStatus: (): Promise<OutboxStatus> => outboxStatus(url()).catch(refused),
  };
}

const UNDEFINED_TABLE = '42P01';

function refused(cause: unknown): never {
  if (cause instanceof FatalError) throw cause;
  const reason = causeOf(cause);
  if (reason.includes(UNDEFINED_TABLE))
    throw new FatalError('The database has no outbox. Run `concert-queue database migrate` first.', { cause });
  throw new FatalError(`PostgreSQL cannot be used: ${reason}`, { cause });
}
