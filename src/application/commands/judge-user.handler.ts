import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventLog, type Receipt, receiptOf } from '../ports/event-log.port.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { JudgeUser } from './judge-user.command.ts';

@CommandHandler(JudgeUser)
export class JudgeUserHandler implements ICommandHandler<JudgeUser> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    private readonly queues: QueueCache,
  ) {}

  async execute({ concertId, userId, verdict }: JudgeUser): Promise<Receipt> {
    await this.queues.exists(concertId);
    const type = verdict === 'disqualify' ? 'UserDisqualified' : 'UserReinstated';
    return receiptOf(await this.log.append({ type, concertId, occurredAt: Date.now(), userId }));
  }
}
