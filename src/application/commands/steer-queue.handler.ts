import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { QueueDirectory } from '../queries/queue-cache.ts';
import { QueueSteering } from './append-and-await.ts';
import type { QueueSteered } from './configure-queue.command.ts';
import { SteerQueue } from './steer-queue.command.ts';

const EVENTS = { pause: 'QueuePaused', resume: 'QueueResumed', close: 'QueueClosed' } as const;

@CommandHandler(SteerQueue)
export class SteerQueueHandler implements ICommandHandler<SteerQueue> {
  constructor(
    private readonly queues: QueueDirectory,
    private readonly steering: QueueSteering,
  ) {}

  async execute({ concertId, action }: SteerQueue): Promise<QueueSteered> {
    await this.queues.exists(concertId);
    return this.steering.append({ type: EVENTS[action], concertId, occurredAt: Date.now() });
  }
}
