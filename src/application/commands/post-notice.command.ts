import { Command } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { QueueChangeResult } from './append-and-await.ts';

/** Replaces the notice to all users of a queue; without texts, removes it. @throws QueueError `INVALID_REQUEST`, `CONCERT_NOT_FOUND`, `PROJECTION_UNAVAILABLE`, `LOG_UNAVAILABLE`, `OVERLOADED` */
export class PostNotice extends Command<QueueChangeResult> {
  /** @param texts plain text by language tag (BCP 47) */
  constructor(
    readonly concertId: ConcertId,
    readonly texts: Readonly<Record<string, string>>,
  ) {
    super();
  }
}
