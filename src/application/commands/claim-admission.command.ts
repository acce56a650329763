import { Command } from '@nestjs/cqrs';
import type { LogTime } from '../../domain/types.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';

/**
 * Turns a READY entry into an ACTIVE one. Repeated while the entry is ACTIVE, it returns a token of the same admission.
 *
 * @throws QueueError `NOT_READY` (the view does not show the call yet), `ADMISSION_ENDED`, `PROJECTION_UNAVAILABLE` (the claim
 *   is in the log but not projected in time; repeating it is safe), `LOG_UNAVAILABLE`, `OVERLOADED`
 */
export class ClaimAdmission extends Command<Admission> {
  constructor(readonly token: EntryClaims) {
    super();
  }
}

export interface Admission {
  readonly admissionToken: string;
  /** Milliseconds since 1970: the earliest time at which the admission may expire. */
  readonly activeUntil: LogTime;
}
