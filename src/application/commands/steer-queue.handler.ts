import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { QueueCache } from '../queries/queue-cache.ts';
import { AppendAndAwait } from './append-and-await.ts';
import type { QueueChangeResult } from './configure-queue.command.ts';
import { SteerQueue } from './steer-queue.command.ts';

const EVENTS = { pause: 'QueuePaused', resume: 'QueueResumed', close: 'QueueClosed' } as const;

@CommandHandler(SteerQueue)
export class SteerQueueHandler implements ICommandHandler<SteerQueue> {
  constructor(
    private readonly queues: QueueCache,
    private readonly steering: AppendAndAwait,
  ) {}

  async execute({ concertId, action }: SteerQueue): Promise<QueueChangeResult> {
    await this.queues.exists(concertId);
    return this.steering.append({ type: EVENTS[action], concertId, occurredAt: Date.now() });
  }
}
