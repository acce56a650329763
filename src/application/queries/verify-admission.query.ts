import { Query } from '@nestjs/cqrs';
import type { ConcertId } from '../../domain/types.ts';
import type { AdmissionClaims } from '../ports/admission-tokens.port.ts';

/**
 * Resolves while the entry is still ACTIVE. The token alone does not show that the admission was completed.
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
