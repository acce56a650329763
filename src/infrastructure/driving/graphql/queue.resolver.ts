import { Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { QueueError } from '../../../application/errors.ts';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { QueueModel, queueModelOf } from './models/queue.model.ts';
import { withOperationMetrics } from './operation-metrics.ts';
import { parseConcertId } from './parse-args.ts';

@Resolver()
export class QueueResolver {
  constructor(
    private readonly queries: QueryBus,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  @Query(() => QueueModel, {
    nullable: true,
    description: 'The public document of one queue; null if the queue does not exist.',
  })
  queue(@Args('concertId', { type: () => ID }) concertId: string): Promise<QueueModel | null> {
    return withOperationMetrics(this.telemetry, 'queue', () => this.#find(parseConcertId(concertId)));
  }

  async #find(concertId: string): Promise<QueueModel | null> {
    try {
      return queueModelOf(await this.queries.execute(new GetQueue(concertId)));
    } catch (error) {
      if (error instanceof QueueError && error.code === 'CONCERT_NOT_FOUND') return null;
      throw error;
    }
  }
}
