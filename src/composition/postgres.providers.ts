import { hostname } from 'node:os';
import type { Provider } from '@nestjs/common';
import type { Logger as Pino } from 'pino';
import { FatalError } from '../application/errors.ts';
import { Relay } from '../application/outbox/relay.ts';
import { Eligibility } from '../application/ports/eligibility.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import type { OutboxStatus } from '../application/ports/outbox.port.ts';
import type { Settings } from '../config/settings.ts';
import { HttpEligibility } from '../infrastructure/driven/eligibility/http-eligibility.ts';
import { UnavailableEligibility } from '../infrastructure/driven/eligibility/unavailable-eligibility.ts';
import { migrate, requireMigrated } from '../infrastructure/driven/postgres/migrations.ts';
import { outboxStatus } from '../infrastructure/driven/postgres/outbox-status.ts';
import { PostgresEligibility } from '../infrastructure/driven/postgres/postgres-eligibility.ts';
import { causeOf } from '../infrastructure/driven/postgres/postgres-error.ts';
import { PostgresOutbox } from '../infrastructure/driven/postgres/postgres-outbox.ts';

/** The parts of this process that use PostgreSQL, apart from request handlers. */
export interface Database {
  /** Migrates the schema, or in production checks it if the role `relay` needs it. @throws FatalError */
  readonly prepare: (() => Promise<void>) | undefined;
  readonly relay: Relay | undefined;
}
export const Database = Symbol('Database');

/** Eligibility and the outbox relay. */
export function postgresProviders(settings: Settings, logger: Pino): Provider[] {
  return [
    { provide: Eligibility, useFactory: () => eligibility(settings, logger) },
    {
      provide: Database,
      useFactory: (log: EventLog): Database => ({
        prepare: preparation(settings, logger),
        relay: relay(settings, log, logger),
      }),
      inject: [EventLog],
    },
  ];
}

function eligibility({ eligibility, database }: Settings, logger: Pino): Eligibility & { stop(): Promise<void> } {
  if (eligibility.source === 'shop') return new HttpEligibility(eligibility, logger);
  if (eligibility.source === 'none' || !database) return new UnavailableEligibility();
  return new PostgresEligibility({ ...database, timeoutMs: eligibility.timeoutMs }, logger);
}

function preparation({ production, roles, database }: Settings, logger: Pino): Database['prepare'] {
  if (!database) return undefined;
  if (production) return roles.has('relay') ? () => requireMigrated(database) : undefined;
  if (!roles.has('relay') && !roles.has('api')) return undefined;
  return async () => {
    const done = await migrate(database, logger);
    if (done.length > 0) logger.info(`applied database migrations: ${done.join(', ')}`);
  };
}

function relay({ roles, database, outboxRetentionSeconds }: Settings, log: EventLog, logger: Pino): Relay | undefined {
  if (!database || !roles.has('relay')) return undefined;
  const outbox = new PostgresOutbox(database, `${hostname()}:${process.pid}`);
  return new Relay(outbox, log, { retentionSeconds: outboxRetentionSeconds }, logger);
}

/** The database commands of operators. @throws FatalError in one line without database content */
export function databaseTools({ database }: Pick<Settings, 'database'>, logger: Logger) {
  const url = (): { readonly url: string } => {
    if (!database) throw new FatalError('There is no database: DATABASE_URL is not set.');
    return database;
  };
  return {
    migrate: (): Promise<readonly string[]> => migrate(url(), logger).catch(throwFatal),
    outboxStatus: (): Promise<OutboxStatus> => outboxStatus(url()).catch(throwFatal),
  };
}

const UNDEFINED_TABLE = '42P01';

function throwFatal(cause: unknown): never {
  if (cause instanceof FatalError) throw cause;
  const reason = causeOf(cause);
  if (reason.includes(UNDEFINED_TABLE))
    throw new FatalError('The database has no outbox. Run `concert-queue database migrate` first.', { cause });
  throw new FatalError(`PostgreSQL cannot be used: ${reason}`, { cause });
}
