import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { SingleFlight } from '../../lib/single-flight.ts';
import { QueueError } from '../errors.ts';
import { DeadLetters } from '../ports/dead-letters.port.ts';
import { LogReader } from '../ports/log-reader.port.ts';
import { QueueViewReader } from '../ports/queue-view.port.ts';
import { GetProjections } from './get-projections.query.ts';
import { type PartitionStatus, ProjectionsStatus } from './projections-status.ts';

@QueryHandler(GetProjections)
export class GetProjectionsHandler implements IQueryHandler<GetProjections> {
  readonly #status: ProjectionsStatus;
  readonly #reads = new SingleFlight<'status', readonly PartitionStatus[]>();

  constructor(
    @Inject(LogReader) log: LogReader,
    @Inject(DeadLetters) letters: DeadLetters,
    @Inject(QueueViewReader) view: QueueViewReader,
  ) {
    const of = (partition: number) => letters.of(partition).catch(unavailable);
    this.#status = new ProjectionsStatus({ log, view, deadLetters: { of } });
  }

  /** Single-flight: the load does not grow with the number of open consoles. */
  execute(): Promise<readonly PartitionStatus[]> {
    return this.#reads.run('status', () => this.#status.look());
  }
}

function unavailable(cause: unknown): never {
  throw new QueueError('LOG_UNAVAILABLE', 'The dead letters cannot be read.', { cause });
}
