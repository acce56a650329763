import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { receiptOf } from '../event-log/receipt.ts';
import { EventLog, type Receipt } from '../ports/event-log.port.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { ReinstateUser } from './reinstate-user.command.ts';

@CommandHandler(ReinstateUser)
export class ReinstateUserHandler implements ICommandHandler<ReinstateUser> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    private readonly queues: QueueCache,
  ) {}

  async execute({ concertId, userId }: ReinstateUser): Promise<Receipt> {
    await this.queues.requireExists(concertId);
    return receiptOf(await this.log.append({ type: 'UserReinstated', concertId, occurredAt: Date.now(), userId }));
  }
}
