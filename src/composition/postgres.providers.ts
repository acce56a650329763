import { hostname } from 'node:os';
import type { Provider } from '@nestjs/common';
import type { Logger as Pino } from 'pino';
import { Relay } from '../application/outbox/relay.ts';
import { Eligibility } from '../application/ports/eligibility.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import type { Settings } from '../config/settings.ts';
import { HttpEligibility } from '../infrastructure/driven/eligibility/http-eligibility.ts';
import { UnavailableEligibility } from '../infrastructure/driven/eligibility/unavailable-eligibility.ts';
import { migrate, requireMigrated } from '../infrastructure/driven/postgres/migrations.ts';
import { PostgresEligibility } from '../infrastructure/driven/postgres/postgres-eligibility.ts';
import { PostgresOutbox } from '../infrastructure/driven/postgres/postgres-outbox.ts';

/** What of this process stands on PostgreSQL, apart from answering requests. */
export interface Database {
  /** Brings the schema up to date outside production; in production only demands it where it is needed. @throws FatalError */
  readonly prepare: (() => Promise<void>) | undefined;
  readonly relay: Relay | undefined;
}
export const Database = Symbol('Database');

/** The shop's side of the composition root: its records, and its outbox. */
export function databaseProviders(settings: Settings, logger: Pino): Provider[] {
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
  if (eligibility.from === 'shop') return new HttpEligibility(eligibility, logger);
  if (eligibility.from === 'nowhere' || !database) return new UnavailableEligibility();
  return new PostgresEligibility({ ...database, timeoutMs: eligibility.timeoutMs }, logger);
}

function preparation({ production, roles, database }: Settings, logger: Pino): Database['prepare'] {
  if (!database) return undefined;
  if (production) return roles.has('relay') ? () => requireMigrated(database) : undefined;
  if (!roles.has('relay') && !roles.has('api')) return undefined;
  return async () => {
    const done = await migrate(database, logger);
    if (done.length > 0) logger.info(`the database has now ${done.join(', ')}`);
  };
}

function relay({ roles, database, outboxRetentionSeconds }: Settings, log: EventLog, logger: Pino): Relay | undefined {
  if (!database || !roles.has('relay')) return undefined;
  const outbox = new PostgresOutbox(database, `${hostname()}:${process.pid}`);
  return new Relay(outbox, log, { retentionSeconds: outboxRetentionSeconds }, logger);
}
