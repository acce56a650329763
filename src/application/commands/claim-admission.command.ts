import { Command } from '@nestjs/cqrs';
import type { LogTime } from '../../domain/types.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';

/**
 * Takes the place that was called. Repeating it while it is ACTIVE gives a token of the same admission again.
 *
 * @throws QueueError `NOT_READY` (not called yet, as far as the view knows), `ADMISSION_ENDED`, `PROJECTION_UNAVAILABLE` (not
 *   known in time; the claim stands, and repeating it is safe), `LOG_UNAVAILABLE`, `OVERLOADED`
 */
export class ClaimAdmission extends Command<Admission> {
  constructor(readonly token: EntryClaims) {
    super();
  }
}

export interface Admission {
  readonly admissionToken: string;
  /** Milliseconds since 1970: the earliest time at which it may lapse. */
  readonly activeUntil: LogTime;
}
