import { Command } from '@nestjs/cqrs';
import type { Policy } from '../../domain/events.generated.ts';
import type { ConcertId } from '../../domain/types.ts';
import type { Receipt } from '../ports/event-log.port.ts';
import type { QueueDocument } from '../queries/queue-document.ts';

/** The queue as its own event left it, or, when the projection takes longer than 2 s, the event's receipt. */
export type QueueChangeResult = { readonly queue: QueueDocument } | { readonly receipt: Receipt };

/** Opens or schedules a queue, or changes its policy. @throws QueueError `INVALID_REQUEST`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class ConfigureQueue extends Command<QueueChangeResult> {
  constructor(
    readonly concertId: ConcertId,
    readonly policy: Policy,
  ) {
    super();
  }
}
