import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { QueueError, viewBeingRebuilt } from '../errors.ts';
import type { AdmissionClaims } from '../ports/admission-tokens.port.ts';
import { EventLog } from '../ports/event-log.port.ts';
import { type EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import { VerifyAdmission } from './verify-admission.query.ts';

@QueryHandler(VerifyAdmission)
export class VerifyAdmissionHandler implements IQueryHandler<VerifyAdmission> {
  constructor(
    @Inject(QueueViewReader) private readonly view: QueueViewReader,
    @Inject(EventLog) private readonly log: Pick<EventLog, 'now'>,
  ) {}

  async execute({ admission, concertId = admission.concertId }: VerifyAdmission): Promise<void> {
    if (concertId !== admission.concertId)
      throw new QueueError('FORBIDDEN', 'The admission token is for another concert.');
    const seen = await this.view.entry(admission.concertId, admission.userId);
    if (!seen) throw viewBeingRebuilt();
    const { entry } = seen;
    if (isBefore(admission, seen)) throw viewBeingRebuilt();
    const isItsOwn = entry?.state === 'ACTIVE' && entry.offset === admission.offset;
    // The clock of this process decides nothing. While log time is unknown, the view alone decides.
    const now = this.log.now() ?? Number.NEGATIVE_INFINITY;
    if (!isItsOwn || entry.activeUntil <= now) throw new QueueError('FORBIDDEN', 'The admission is over.');
  }
}

/** The token proves that its entry was ACTIVE. A view in which it is not ACTIVE yet has lost data and decides nothing. */
function isBefore({ offset }: AdmissionClaims, { head, entry }: EntryView): boolean {
  if (entry?.offset !== offset) return offset > head.offset;
  return entry.state === 'REGISTERED' || entry.state === 'WAITING' || entry.state === 'READY';
}
