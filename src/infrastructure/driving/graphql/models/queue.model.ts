import { Field, Float, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { QueueDocument } from '../../../../application/queries/queue-document.ts';
import type { Policy } from '../../../../domain/events.generated.ts';
import { QUEUE_STATUSES, type QueueStatus } from '../../../../domain/types.ts';
import { enumOf } from './enum-of.ts';
import { DateTimeScalar, OffsetScalar } from './scalars.ts';

const QueueStates = enumOf<QueueStatus>()(...QUEUE_STATUSES);
registerEnumType(QueueStates, {
  name: 'QueueState',
  description: 'CLOSED: nobody enters or is called. PAUSED: nobody is called. SCHEDULED: before the opening.',
});

const BeforeOpening = enumOf<Policy['beforeOpening']>()('reject', 'draw');
registerEnumType(BeforeOpening, { name: 'BeforeOpening' });

@ObjectType('Policy')
class PolicyModel implements Policy {
  @Field(() => Int, { description: 'Most READY and ACTIVE entries at once.' })
  readonly capacity!: number;

  @Field(() => Int)
  readonly admissionsPerMinute!: number;

  @Field(() => Int)
  readonly claimWindowSeconds!: number;

  @Field(() => Int)
  readonly activeWindowSeconds!: number;

  @Field(() => Int, { nullable: true, description: 'Most REGISTERED and WAITING entries; null: no limit.' })
  readonly maximumWaiting!: number | null;

  @Field(() => Float, { nullable: true, description: 'Points needed to enter; null: none.' })
  readonly minimumBalance!: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly opensAt!: number | null;

  @Field(() => BeforeOpening)
  readonly beforeOpening!: Policy['beforeOpening'];

  @Field(() => Int)
  readonly outcomeRetentionSeconds!: number;
}

@ObjectType('Queue', { description: 'What everyone may know of a queue.' })
export class QueueModel implements QueueDocument {
  @Field(() => ID)
  readonly concertId!: string;

  @Field(() => QueueStates)
  readonly state!: QueueStatus;

  @Field(() => PolicyModel)
  readonly policy!: PolicyModel;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly opensAt?: number | null;

  @Field(() => Int, { description: 'Entries that stand before the draw.' })
  readonly registered!: number;

  @Field(() => Int)
  readonly waiting!: number;

  @Field(() => Int)
  readonly ready!: number;

  @Field(() => Int)
  readonly active!: number;

  @Field(() => OffsetScalar, { description: 'The highest place called so far; -1 before the first.' })
  readonly admittedThrough!: number;

  @Field(() => Float, { description: 'Over the last five minutes.' })
  readonly admittedPerMinute!: number;

  @Field(() => Float, { nullable: true, description: 'For whoever would enter now; null when nobody is being called.' })
  readonly estimatedWaitSeconds?: number;

  @Field(() => OffsetScalar, { description: 'The log is folded up to this offset.' })
  readonly projectedOffset!: number;

  @Field(() => DateTimeScalar, { description: 'Log time of that record.' })
  readonly projectedAt!: number;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the seed of the draw, hexadecimal.' })
  readonly drawCommitment?: string;

  @Field(() => String, { nullable: true, description: 'The seed itself, once the draw was held.' })
  readonly drawSeed?: string;
}
