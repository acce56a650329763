import { Command } from '@nestjs/cqrs';
import type { Policy } from '../../domain/events.generated.ts';
import type { ConcertId } from '../../domain/types.ts';
import type { QueueChangeResult } from './append-and-await.ts';

/** Opens or schedules a queue, or changes its policy. @throws QueueError `INVALID_REQUEST`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class ConfigureQueue extends Command<QueueChangeResult> {
  constructor(
    readonly concertId: ConcertId,
    readonly policy: Policy,
  ) {
    super();
  }
}
