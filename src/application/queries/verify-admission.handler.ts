import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { QueueError } from '../errors.ts';
import { QueueViewReader, viewBeingRebuilt } from '../ports/queue-view.port.ts';
import { VerifyAdmission } from './verify-admission.query.ts';

@QueryHandler(VerifyAdmission)
export class VerifyAdmissionHandler implements IQueryHandler<VerifyAdmission> {
  constructor(@Inject(QueueViewReader) private readonly view: QueueViewReader) {}

  async execute({ admission, concertId = admission.concertId }: VerifyAdmission): Promise<void> {
    if (concertId !== admission.concertId)
      throw new QueueError('FORBIDDEN', 'The admission token is for another concert.');
    const seen = await this.view.entry(admission.concertId, admission.userId);
    if (!seen) throw viewBeingRebuilt();
    const { life } = seen;
    const isItsOwn = life?.state === 'ACTIVE' && life.offset === admission.offset;
    if (!isItsOwn || life.activeUntil <= Date.now()) throw new QueueError('FORBIDDEN', 'The admission is over.');
  }
}
