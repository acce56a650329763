import { Command } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { QueueChangeResult } from './configure-queue.command.ts';

/** Pauses (nobody is called), resumes (clears pause and close) or closes (nobody enters either). @throws QueueError `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class SteerQueue extends Command<QueueChangeResult> {
  constructor(
    readonly concertId: ConcertId,
    readonly action: 'pause' | 'resume' | 'close',
  ) {
    super();
  }
}
