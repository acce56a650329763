import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { receiptOf } from '../event-log/receipt.ts';
import { EventLog, type Receipt } from '../ports/event-log.port.ts';
import { CompleteAdmission } from './complete-admission.command.ts';

@CommandHandler(CompleteAdmission)
export class CompleteAdmissionHandler implements ICommandHandler<CompleteAdmission> {
  constructor(@Inject(EventLog) private readonly log: EventLog) {}

  async execute({ admission: { concertId, userId, offset: tokenOffset } }: CompleteAdmission): Promise<Receipt> {
    const occurredAt = Date.now();
    return receiptOf(await this.log.append({ type: 'AdmissionCompleted', concertId, occurredAt, userId, tokenOffset }));
  }
}
