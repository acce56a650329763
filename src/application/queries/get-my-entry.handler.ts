import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { EventLog } from '../ports/event-log.port.ts';
import { QueueViewReader } from '../ports/queue-view.port.ts';
import { EntryStatus } from './entry-status.ts';
import { type EntryDocument, GetMyEntry } from './get-my-entry.query.ts';

@QueryHandler(GetMyEntry)
export class GetMyEntryHandler implements IQueryHandler<GetMyEntry> {
  readonly #status: EntryStatus;

  constructor(
    @Inject(EventLog) log: EventLog,
    @Inject(QueueViewReader) private readonly view: QueueViewReader,
  ) {
    this.#status = new EntryStatus(log, view);
  }

  async execute({ token }: GetMyEntry): Promise<EntryDocument> {
    const seen = await this.view.entry(token.concertId, token.userId);
    if (seen) return this.#status.inQueue(token, seen);
    return this.#status.withoutQueue(token, await this.#status.checkpoint(token));
  }
}
