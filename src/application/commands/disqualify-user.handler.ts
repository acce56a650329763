import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { receiptOf } from '../event-log/receipt.ts';
import { EventLog, type Receipt } from '../ports/event-log.port.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { DisqualifyUser } from './disqualify-user.command.ts';

@CommandHandler(DisqualifyUser)
export class DisqualifyUserHandler implements ICommandHandler<DisqualifyUser> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    private readonly queues: QueueCache,
  ) {}

  async execute({ concertId, userId }: DisqualifyUser): Promise<Receipt> {
    await this.queues.requireExists(concertId);
    return receiptOf(await this.log.append({ type: 'UserDisqualified', concertId, occurredAt: Date.now(), userId }));
  }
}
