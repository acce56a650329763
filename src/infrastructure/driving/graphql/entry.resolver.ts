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
import { concertIdOf, parseApplicant } from './parse-args.ts';

const concert = { type: () => ID };

@Resolver()
export class EntryResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly guards: GraphqlLimits,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  @Query(() => EntryModel, { description: 'What became of the request that the entry token was given for.' })
  myEntry(@Args('concertId', concert) concertId: string, @Context() context: GraphqlContext): Promise<EntryDocument> {
    return withOperationMetrics(this.telemetry, 'myEntry', async () =>
      this.queries.execute(new GetMyEntry(await this.guards.holder(context, concertId))),
    );
  }

  @Mutation(() => RequestEntryPayload, {
    description: 'Asks for a place in a queue. Repeating it keeps the earlier place.',
  })
  requestEntry(@Args('input') input: RequestEntryInput, @Context() context: GraphqlContext): Promise<EntryAccepted> {
    return withOperationMetrics(this.telemetry, 'requestEntry', async () => {
      const applicant = await this.guards.applicant(context, (right) => applicantOf(parseApplicant(input), right));
      return this.commands.execute(new RequestEntry(concertIdOf(input.concertId), applicant));
    });
  }

  @Mutation(() => ReceiptModel, { description: 'Gives up the place that the entry token was given for.' })
  leaveQueue(@Args('concertId', concert) concertId: string, @Context() context: GraphqlContext): Promise<Receipt> {
    return withOperationMetrics(this.telemetry, 'leaveQueue', async () =>
      this.commands.execute(new LeaveQueue(await this.guards.holder(context, concertId))),
    );
  }

  @Mutation(() => AdmissionModel, {
    description:
      'Takes the place that was called. Repeating it while the entry is ACTIVE gives the same admission again.',
  })
  claimAdmission(
    @Args('concertId', concert) concertId: string,
    @Context() context: GraphqlContext,
  ): Promise<Admission> {
    return withOperationMetrics(this.telemetry, 'claimAdmission', async () =>
      this.commands.execute(new ClaimAdmission(await this.guards.holder(context, concertId))),
    );
  }

  @Mutation(() => ReceiptModel, {
    description: 'Frees the slot of the admission token, which may have expired. Repeated or late it has no effect.',
  })
  completeAdmission(@Context() context: GraphqlContext): Promise<Receipt> {
    return withOperationMetrics(this.telemetry, 'completeAdmission', async () =>
      this.commands.execute(new CompleteAdmission(await this.guards.admitted(context))),
    );
  }
}
