import { Inject, Injectable } from '@nestjs/common';
import { EntryRateLimiter } from '../../../application/commands/entry-rate-limiter.ts';
import type { AdmissionClaims } from '../../../application/ports/admission-tokens.port.ts';
import { Authentication, type EntryRight } from '../../../application/ports/authentication.port.ts';
import type { Applicant } from '../../../application/ports/eligibility.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import { concertIdOf } from './parse-args.ts';

/** Who may carry out which operation, and how often: the judges of the HTTP door, asked from here. */
@Injectable()
export class GraphqlLimits {
  constructor(
    @Inject(Authentication) private readonly callers: Authentication,
    @Inject(RequestLimits) private readonly limits: RequestLimits,
    private readonly accepts: EntryRateLimiter,
  ) {}

  /** @throws QueueError `UNAUTHENTICATED`, `FORBIDDEN`, `INVALID_REQUEST`, `TOO_MANY_REQUESTS` */
  async holder(authorization: string | undefined, concertId: string): Promise<EntryClaims> {
    const claims = this.callers.verifyEntryToken(authorization, concertIdOf(concertId));
    await this.limits.ofUser?.(claims.userId);
    return claims;
  }

  /** Whoever opens a connection. @throws QueueError `TOO_MANY_REQUESTS` */
  async newcomer(authorization: string | undefined, address: string): Promise<void> {
    if (!this.callers.isInternalCaller(authorization)) await this.limits.ofAddress?.(address);
  }

  /** @param applicant whom the caller names, judged by its right @throws QueueError as `holder`, and `OVERLOADED` */
  async applicant(authorization: string | undefined, applicant: (right: EntryRight) => Applicant): Promise<Applicant> {
    // Looked at first, taken once the caller has the right to ask: strangers use up nobody's turn.
    this.accepts.check();
    const named = applicant(await this.callers.authorizeEntry(authorization));
    if ('userId' in named) await this.limits.ofUser?.(named.userId);
    this.accepts.consume();
    return named;
  }

  /** Of a token whose time may be over. @throws QueueError `UNAUTHENTICATED` */
  admitted(authorization: string | undefined): Promise<AdmissionClaims> {
    return this.callers.verifyAdmissionToken(authorization, { allowExpired: true });
  }
}
