import { Command } from '@nestjs/cqrs';
import type { AdmissionClaims } from '../ports/admission-tokens.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** Frees the slot of an admission. Appends nothing once the view shows that the entry has ended. @throws QueueError `LOG_UNAVAILABLE`, `OVERLOADED` */
export class CompleteAdmission extends Command<Receipt> {
  constructor(readonly admission: AdmissionClaims) {
    super();
  }
}
