import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppendAndAwait, type QueueChangeResult } from './append-and-await.ts';
import { PauseQueue } from './pause-queue.command.ts';

@CommandHandler(PauseQueue)
export class PauseQueueHandler implements ICommandHandler<PauseQueue> {
  constructor(private readonly appendAndAwait: AppendAndAwait) {}

  execute({ concertId }: PauseQueue): Promise<QueueChangeResult> {
    return this.appendAndAwait.changeExisting({ type: 'QueuePaused', concertId, occurredAt: Date.now() });
  }
}
