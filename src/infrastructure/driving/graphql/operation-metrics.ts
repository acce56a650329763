import type { GraphQLSchema } from 'graphql';
import { QueueError } from '../../../application/errors.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';

/** Names all that can be asked for. */
export function registerOperations(telemetry: Telemetry, schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    for (const operation of Object.keys(type?.getFields() ?? {})) telemetry.registerOperation('graphql', operation);
}

/** Does the work of an operation and counts what came of it. */
export async function withOperationMetrics<T>(
  telemetry: Telemetry,
  operation: string,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    const answer = await work();
    telemetry.recordResponse('graphql', operation, undefined);
    return answer;
  } catch (error) {
    telemetry.recordResponse('graphql', operation, error instanceof QueueError ? error.code : 'INTERNAL');
    throw error;
  }
}
