import { Query } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { AdmissionClaims } from '../ports/admission-tokens.port.ts';

/**
 * Resolves while the admission still is ACTIVE: a token alone cannot tell that it was completed since.
 *
 * @throws QueueError `FORBIDDEN` when it is over or for another concert, `PROJECTION_UNAVAILABLE`
 */
export class VerifyAdmission extends Query<void> {
  constructor(
    readonly admission: AdmissionClaims,
    /** The requested concert; undefined: the one of the token. */
    readonly concertId?: ConcertId,
  ) {
    super();
  }
}
