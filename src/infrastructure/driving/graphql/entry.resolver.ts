import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { applicantOf } from '../../../application/commands/applicant.ts';
import { type Admission, ClaimAdmission } from '../../../application/commands/claim-admission.command.ts';
import { CompleteAdmission } from '../../../application/commands/complete-admission.command.ts';
import { LeaveQueue } from '../../../application/commands/leave-queue.command.ts';
import { type EntryAccepted, RequestEntry } from '../../../application/commands/request-entry.command.ts';
import type { Receipt } from '../../../application/ports/event-log.port.ts';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { type EntryDocument, GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { GraphqlLimits } from './graphql-limits.ts';
import { AdmissionModel } from './models/admission.model.ts';
import { EntryModel } from './models/entry.model.ts';
import { ReceiptModel } from './models/receipt.model.ts';
import { RequestEntryInput, RequestEntryPayload } from './models/request-entry.model.ts';
import { withOperationMetrics } from './operation-metrics.ts';
import { parseApplicant, parseConcertId } from './parse-args.ts';

const concert = { type: () => ID };

@Resolver()
export class EntryResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly limits: GraphqlLimits,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  @Query(() => EntryModel, { description: 'The current state of the entry of the entry token.' })
  myEntry(@Args('concertId', concert) concertId: string, @Context() context: GraphqlContext): Promise<EntryDocument> {
    return withOperationMetrics(this.telemetry, 'myEntry', async () =>
      this.queries.execute(new GetMyEntry(await this.limits.verifyEntryToken(context, concertId))),
    );
  }

  @Mutation(() => RequestEntryPayload, {
    description: 'Requests entry to a queue. A repeated request keeps the earliest place.',
  })
  requestEntry(@Args('input') input: RequestEntryInput, @Context() context: GraphqlContext): Promise<EntryAccepted> {
    return withOperationMetrics(this.telemetry, 'requestEntry', async () => {
      const applicant = await this.limits.authorizeEntry(context, (right) => applicantOf(parseApplicant(input), right));
      return this.commands.execute(new RequestEntry(parseConcertId(input.concertId), applicant));
    });
  }

  @Mutation(() => ReceiptModel, { description: 'Leaves the queue with the entry of the entry token.' })
  leaveQueue(@Args('concertId', concert) concertId: string, @Context() context: GraphqlContext): Promise<Receipt> {
    return withOperationMetrics(this.telemetry, 'leaveQueue', async () =>
      this.commands.execute(new LeaveQueue(await this.limits.verifyEntryToken(context, concertId))),
    );
  }

  @Mutation(() => AdmissionModel, {
    description:
      'Claims the admission of a READY entry. While the entry is ACTIVE, a repeated call returns the same admission.',
  })
  claimAdmission(
    @Args('concertId', concert) concertId: string,
    @Context() context: GraphqlContext,
  ): Promise<Admission> {
    return withOperationMetrics(this.telemetry, 'claimAdmission', async () =>
      this.commands.execute(new ClaimAdmission(await this.limits.verifyEntryToken(context, concertId))),
    );
  }

  @Mutation(() => ReceiptModel, {
    description:
      'Completes the admission and frees its slot. The token may have expired. A repeated or late call has no effect.',
  })
  completeAdmission(@Context() context: GraphqlContext): Promise<Receipt> {
    return withOperationMetrics(this.telemetry, 'completeAdmission', async () =>
      this.commands.execute(new CompleteAdmission(await this.limits.verifyAdmissionToken(context))),
    );
  }
}
