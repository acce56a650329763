import { Command } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { Applicant } from '../ports/eligibility.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/**
 * Asks for a place in a queue. Repeating it keeps the earlier place.
 *
 * @throws QueueError `CONCERT_NOT_FOUND`, `QUEUE_NOT_OPEN`, `QUEUE_CLOSED`, `QUEUE_FULL` (an early rejection: the log decides),
 *   `USER_NOT_FOUND`, `INSUFFICIENT_BALANCE`, `ELIGIBILITY_UNAVAILABLE`, `LOG_UNAVAILABLE`, `PROJECTION_UNAVAILABLE`, `OVERLOADED`
 */
export class RequestEntry extends Command<EntryAccepted> {
  constructor(
    readonly concertId: ConcertId,
    readonly applicant: Applicant,
  ) {
    super();
  }
}

export interface EntryAccepted {
  readonly entryToken: string;
  readonly receipt: Receipt;
  readonly state: 'PENDING';
  readonly pollAfterMs: number;
}
