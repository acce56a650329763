import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { receiptOf } from '../event-log/receipt.ts';
import { EventLog, type Receipt } from '../ports/event-log.port.ts';
import { QueueViewReader } from '../ports/queue-view.port.ts';
import { CompleteAdmission } from './complete-admission.command.ts';
import { EndedEntryReceipt } from './ended-entry-receipt.ts';

@CommandHandler(CompleteAdmission)
export class CompleteAdmissionHandler implements ICommandHandler<CompleteAdmission> {
  readonly #ended: EndedEntryReceipt;

  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(QueueViewReader) view: QueueViewReader,
  ) {
    this.#ended = new EndedEntryReceipt(log, view);
  }

  async execute({ admission }: CompleteAdmission): Promise<Receipt> {
    const ended = await this.#ended.find(admission);
    if (ended) return ended;
    const { concertId, userId, offset: tokenOffset } = admission;
    const occurredAt = Date.now();
    return receiptOf(await this.log.append({ type: 'AdmissionCompleted', concertId, occurredAt, userId, tokenOffset }));
  }
}
