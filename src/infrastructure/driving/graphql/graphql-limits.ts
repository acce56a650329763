import { Inject, Injectable } from '@nestjs/common';
import { EntryRateLimiter } from '../../../application/commands/entry-rate-limiter.ts';
import type { AdmissionClaims } from '../../../application/ports/admission-tokens.port.ts';
import { Authentication, type EntryRight } from '../../../application/ports/authentication.port.ts';
import type { Applicant } from '../../../application/ports/eligibility.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { parseConcertId } from './parse-args.ts';

/** Verifies the caller of each use case and counts it against the caller's limits, as the hooks of the HTTP routes do. */
@Injectable()
export class GraphqlLimits {
  constructor(
    @Inject(Authentication) private readonly authentication: Authentication,
    @Inject(RequestLimits) private readonly limits: RequestLimits,
    private readonly entryRateLimiter: EntryRateLimiter,
  ) {}

  /**
   * Counts the request of a user before its document is parsed. The route has counted anonymous requests by address.
   * @throws QueueError `TOO_MANY_REQUESTS`
   */
  async countRequest(context: GraphqlContext): Promise<void> {
    const { caller } = context;
    if (caller.kind !== 'user') return;
    await this.limits.ofUser?.(caller.userId);
    context.countedUser = caller.userId;
  }

  /** @throws QueueError `UNAUTHENTICATED`, `FORBIDDEN`, `INVALID_REQUEST`, `TOO_MANY_REQUESTS` */
  async verifyEntryToken(context: GraphqlContext, concertId: string): Promise<EntryClaims> {
    const claims = this.authentication.verifyEntryToken(context.authorization, parseConcertId(concertId));
    await this.#count(context, claims.userId);
    return claims;
  }

  /** @param applicantOf names the user of the request, given the caller's right @throws QueueError as `verifyEntryToken`, and `OVERLOADED` */
  async authorizeEntry(context: GraphqlContext, applicantOf: (right: EntryRight) => Applicant): Promise<Applicant> {
    // Check before authorization, consume after it: a caller without the right to enter uses up no capacity.
    this.entryRateLimiter.check();
    const applicant = applicantOf(await this.authentication.authorizeEntry(context.authorization));
    if ('userId' in applicant) await this.#count(context, applicant.userId);
    this.entryRateLimiter.consume();
    return applicant;
  }

  /** Claims of an admission token, which may have expired. @throws QueueError `UNAUTHENTICATED`, `TOO_MANY_REQUESTS` */
  async verifyAdmissionToken(context: GraphqlContext): Promise<AdmissionClaims> {
    const claims = await this.authentication.verifyAdmissionToken(context.authorization, { allowExpired: true });
    await this.#count(context, claims.userId);
    return claims;
  }

  /** The request itself counted once already; each further use case in it counts by itself. */
  async #count(context: GraphqlContext, userId: string): Promise<void> {
    if (context.countedUser === userId) context.countedUser = undefined;
    else await this.limits.ofUser?.(userId);
  }
}
