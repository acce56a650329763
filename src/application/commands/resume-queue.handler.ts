import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppendAndAwait, type QueueChangeResult } from './append-and-await.ts';
import { ResumeQueue } from './resume-queue.command.ts';

@CommandHandler(ResumeQueue)
export class ResumeQueueHandler implements ICommandHandler<ResumeQueue> {
  constructor(private readonly appendAndAwait: AppendAndAwait) {}

  execute({ concertId }: ResumeQueue): Promise<QueueChangeResult> {
    return this.appendAndAwait.changeExisting({ type: 'QueueResumed', concertId, occurredAt: Date.now() });
  }
}
