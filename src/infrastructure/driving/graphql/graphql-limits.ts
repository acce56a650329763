import { Inject, Injectable } from '@nestjs/common';
import { EntryRateLimiter } from '../../../application/commands/entry-rate-limiter.ts';
import type { AdmissionClaims } from '../../../application/ports/admission-tokens.port.ts';
import { Authentication, type EntryRight } from '../../../application/ports/authentication.port.ts';
import type { Applicant } from '../../../application/ports/eligibility.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { concertIdOf } from './parse-args.ts';

/** Verifies the caller of each use case and counts it against the caller's limits, as the hooks of the HTTP routes do. */
@Injectable()
export class GraphqlLimits {
  constructor(
    @Inject(Authentication) private readonly callers: Authentication,
    @Inject(RequestLimits) private readonly limits: RequestLimits,
    private readonly accepts: EntryRateLimiter,
  ) {}

  /** Counts the request of a user before its document is parsed. Anonymous requests counted against their address. @throws QueueError `TOO_MANY_REQUESTS` */
  async countRequest(context: GraphqlContext): Promise<void> {
    const { caller } = context;
    if (caller.kind !== 'user') return;
    await this.limits.ofUser?.(caller.userId);
    context.countedUser = caller.userId;
  }

  /** @throws QueueError `UNAUTHENTICATED`, `FORBIDDEN`, `INVALID_REQUEST`, `TOO_MANY_REQUESTS` */
  async holder(context: GraphqlContext, concertId: string): Promise<EntryClaims> {
    const claims = this.callers.verifyEntryToken(context.authorization, concertIdOf(concertId));
    await this.#count(context, claims.userId);
    return claims;
  }

  /** @param applicant names the user of the request, given the caller's right @throws QueueError as `holder`, and `OVERLOADED` */
  async applicant(context: GraphqlContext, applicant: (right: EntryRight) => Applicant): Promise<Applicant> {
    // Check before authorization, consume after it: a caller without the right to enter uses up no capacity.
    this.accepts.check();
    const named = applicant(await this.callers.authorizeEntry(context.authorization));
    if ('userId' in named) await this.#count(context, named.userId);
    this.accepts.consume();
    return named;
  }

  /** Claims of an admission token, which may have expired. @throws QueueError `UNAUTHENTICATED`, `TOO_MANY_REQUESTS` */
  async admitted(context: GraphqlContext): Promise<AdmissionClaims> {
    const claims = await this.callers.verifyAdmissionToken(context.authorization, { allowExpired: true });
    await this.#count(context, claims.userId);
    return claims;
  }

  /** The request itself counted once already; each further use case in it counts by itself. */
  async #count(context: GraphqlContext, userId: string): Promise<void> {
    if (context.countedUser === userId) context.countedUser = undefined;
    else await this.limits.ofUser?.(userId);
  }
}
