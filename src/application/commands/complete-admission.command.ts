import { Command } from '@nestjs/cqrs';
import type { AdmissionClaims } from '../ports/admission-tokens.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';

/** Frees the slot of an admission. Repeated or late, it is appended again without effect. @throws QueueError `LOG_UNAVAILABLE`, `OVERLOADED` */
export class CompleteAdmission extends Command<Receipt> {
  constructor(readonly admission: AdmissionClaims) {
    super();
  }
}
