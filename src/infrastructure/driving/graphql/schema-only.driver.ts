import { AbstractGraphQLDriver } from '@nestjs/graphql';

/** Lets Nest build the schema from the resolvers. Routes, execution and sockets are this folder's own. */
export class SchemaOnlyDriver extends AbstractGraphQLDriver {
  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
