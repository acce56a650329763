import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { EntryResolver } from './entry.resolver.ts';
import { EntryEventsResolver } from './entry-events.resolver.ts';
import { GraphqlController } from './graphql.controller.ts';
import { GraphqlLimits } from './graphql-limits.ts';
import { GraphqlSettings, rulesOf } from './graphql-settings.ts';
import { GraphqlSockets } from './graphql-sockets.ts';
import { LIMITS } from './limits.rule.ts';
import { QueueResolver } from './queue.resolver.ts';

/** Whose fields and arguments the schema is made of. */
const RESOLVERS = [QueueResolver, EntryResolver, EntryEventsResolver];

interface GraphqlModuleOptions {
  readonly imports: DynamicModule[];
  readonly controllers: Type[];
  readonly providers: Provider[];
}

/** For the composition root. Needs CommandBus, QueryBus, `Authentication`, `RequestLimits`, `AcceptLimit`, `LiveEntries` and `Telemetry`. */
export function graphqlModuleOptions(settings: GraphqlSettings): GraphqlModuleOptions {
  return {
    imports: [
      GraphQLModule.forRoot<MercuriusDriverConfig>({
        driver: MercuriusDriver,
        autoSchemaFile: true,
        sortSchema: true,
        // The routes are our own (graphql.controller.ts, graphql-sockets.ts). (ADR 26.)
        routes: false,
        subscription: false,
        graphiql: false,
        graphql: { parseOptions: { maxTokens: LIMITS.tokens } },
        validationRules: rulesOf(settings),
        // As they are: they are told in one place, after this one.
        errorFormatter: (execution) => ({ statusCode: 200, response: execution }),
      }),
    ],
    controllers: [GraphqlController],
    providers: [...RESOLVERS, GraphqlLimits, GraphqlSockets, { provide: GraphqlSettings, useValue: settings }],
  };
}
