import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { EntryResolver } from './entry.resolver.ts';
import { EntryEventsResolver } from './entry-events.resolver.ts';
import { GraphqlController } from './graphql.controller.ts';
import { GraphqlExecutor } from './graphql-executor.ts';
import { GraphqlLimits } from './graphql-limits.ts';
import { GraphqlSettings } from './graphql-settings.ts';
import { GraphqlSockets } from './graphql-sockets.ts';
import { QueueResolver } from './queue.resolver.ts';
import { SchemaOnlyDriver } from './schema-only.driver.ts';

/** The schema is built from these resolvers. */
const RESOLVERS = [QueueResolver, EntryResolver, EntryEventsResolver];

interface GraphqlModuleOptions {
  readonly imports: DynamicModule[];
  readonly controllers: Type[];
  readonly providers: Provider[];
}

/** Requires CommandBus, QueryBus, `Authentication`, `RequestLimits`, `EntryRateLimiter`, `EntrySubscriptions` and `Telemetry`. */
export function graphqlModuleOptions(settings: GraphqlSettings): GraphqlModuleOptions {
  return {
    imports: [GraphQLModule.forRoot({ driver: SchemaOnlyDriver, autoSchemaFile: true, sortSchema: true })],
    controllers: [GraphqlController],
    providers: [
      ...RESOLVERS,
      GraphqlLimits,
      GraphqlExecutor,
      GraphqlSockets,
      { provide: GraphqlSettings, useValue: settings },
    ],
  };
}
