import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { receiptOf } from '../event-log/receipt.ts';
import { EventLog, type Receipt } from '../ports/event-log.port.ts';
import { LeaveQueue } from './leave-queue.command.ts';

@CommandHandler(LeaveQueue)
export class LeaveQueueHandler implements ICommandHandler<LeaveQueue> {
  constructor(@Inject(EventLog) private readonly log: EventLog) {}

  async execute({ token: { concertId, userId, offset: tokenOffset } }: LeaveQueue): Promise<Receipt> {
    const occurredAt = Date.now();
    return receiptOf(await this.log.append({ type: 'QueueEntryLeft', concertId, occurredAt, userId, tokenOffset }));
  }
}
