import type { GraphQLSchema } from 'graphql';
import { QueueError } from '../../../application/errors.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';

/** Registers all operations of the schema. */
export function registerOperations(telemetry: Telemetry, schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    for (const operation of Object.keys(type?.getFields() ?? {})) telemetry.registerOperation('graphql', operation);
}

/** Runs an operation and counts its response by error code. */
export async function withOperationMetrics<T>(
  telemetry: Telemetry,
  operation: string,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    const result = await work();
    telemetry.recordResponse('graphql', operation, undefined);
    return result;
  } catch (error) {
    telemetry.recordResponse('graphql', operation, error instanceof QueueError ? error.code : 'INTERNAL');
    throw error;
  }
}
