import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import { viewBeingRebuilt } from '../errors.ts';
import { allPartitions } from '../event-log/partitioner.ts';
import { EventLog } from '../ports/event-log.port.ts';
import { QueueViewReader } from '../ports/queue-view.port.ts';
import { ListQueues, type QueuePage } from './list-queues.query.ts';
import { documentOf, type QueueDocument } from './queue-document.ts';

@QueryHandler(ListQueues)
export class ListQueuesHandler implements IQueryHandler<ListQueues> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(QueueViewReader) private readonly view: QueueViewReader,
  ) {}

  async execute({ limit, cursor }: ListQueues): Promise<QueuePage> {
    const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString();
    const ids = (await this.#concerts()).filter((id) => id > after);
    const page = ids.slice(0, limit);
    const queues = await Promise.all(page.map((id) => this.#document(id)));
    const last = page.at(-1);
    if (last === undefined || page.length === ids.length) return { queues };
    return { queues, nextCursor: Buffer.from(last).toString('base64url') };
  }

  async #concerts(): Promise<ConcertId[]> {
    const partitions = allPartitions(this.log.partitions).map((partition) => this.view.concerts(partition));
    return (await Promise.all(partitions))
      .flatMap((concerts) => {
        if (!concerts) throw viewBeingRebuilt();
        return concerts;
      })
      .sort(byId);
  }

  async #document(concertId: ConcertId): Promise<QueueDocument> {
    const found = await this.view.queue(concertId);
    if (!found) throw viewBeingRebuilt();
    return documentOf(concertId, found.head.offset, found.attributes);
  }
}

function byId(a: ConcertId, b: ConcertId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
