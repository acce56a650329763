import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { receiptOf } from '../event-log/receipt.ts';
import { EventLog, type Receipt } from '../ports/event-log.port.ts';
import { QueueViewReader } from '../ports/queue-view.port.ts';
import { EndedEntryReceipt } from './ended-entry-receipt.ts';
import { LeaveQueue } from './leave-queue.command.ts';

@CommandHandler(LeaveQueue)
export class LeaveQueueHandler implements ICommandHandler<LeaveQueue> {
  readonly #ended: EndedEntryReceipt;

  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(QueueViewReader) view: QueueViewReader,
  ) {
    this.#ended = new EndedEntryReceipt(log, view);
  }

  async execute({ token }: LeaveQueue): Promise<Receipt> {
    const ended = await this.#ended.find(token);
    if (ended) return ended;
    const { concertId, userId, offset: tokenOffset } = token;
    const occurredAt = Date.now();
    return receiptOf(await this.log.append({ type: 'QueueEntryLeft', concertId, occurredAt, userId, tokenOffset }));
  }
}
