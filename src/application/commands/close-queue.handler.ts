import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppendAndAwait, type QueueChangeResult } from './append-and-await.ts';
import { CloseQueue } from './close-queue.command.ts';

@CommandHandler(CloseQueue)
export class CloseQueueHandler implements ICommandHandler<CloseQueue> {
  constructor(private readonly appendAndAwait: AppendAndAwait) {}

  execute({ concertId }: CloseQueue): Promise<QueueChangeResult> {
    return this.appendAndAwait.changeExisting({ type: 'QueueClosed', concertId, occurredAt: Date.now() });
  }
}
