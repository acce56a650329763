import { Field, Float, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { NoticeDocument, QueueDocument } from '../../../../application/queries/queue-document.ts';
import type { Policy } from '../../../../domain/events.generated.ts';
import { QUEUE_STATUSES, type QueueStatus } from '../../../../domain/types.ts';
import { enumOf } from './enum-of.ts';
import { DateTimeScalar, OffsetScalar } from './scalar-types.ts';

const QueueStates = enumOf<QueueStatus>()(...QUEUE_STATUSES);
registerEnumType(QueueStates, {
  name: 'QueueState',
  description: 'CLOSED: accepts and calls no entries. PAUSED: calls no entries. SCHEDULED: before the opening.',
});

const BeforeOpening = enumOf<Policy['beforeOpening']>()('reject', 'draw');
registerEnumType(BeforeOpening, { name: 'BeforeOpening' });

@ObjectType('Policy')
class PolicyModel implements Policy {
  @Field(() => Int, { description: 'Maximum number of READY and ACTIVE entries.' })
  readonly capacity!: number;

  @Field(() => Int)
  readonly admissionsPerMinute!: number;

  @Field(() => Int)
  readonly claimWindowSeconds!: number;

  @Field(() => Int)
  readonly activeWindowSeconds!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Maximum number of REGISTERED and WAITING entries; null: no limit.',
  })
  readonly maximumWaiting!: number | null;

  @Field(() => Float, { nullable: true, description: 'Points a user needs to enter; null: none.' })
  readonly minimumBalance!: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly opensAt!: number | null;

  @Field(() => BeforeOpening)
  readonly beforeOpening!: Policy['beforeOpening'];

  @Field(() => Int)
  readonly outcomeRetentionSeconds!: number;
}

@ObjectType('NoticeText')
class NoticeTextModel {
  @Field(() => String, { description: 'A language tag (BCP 47).' })
  readonly language!: string;

  @Field(() => String, { description: 'Plain text.' })
  readonly text!: string;
}

@ObjectType('Notice', { description: "The operator's notice to all users of the queue." })
class NoticeModel {
  @Field(() => [NoticeTextModel])
  readonly texts!: readonly NoticeTextModel[];

  @Field(() => DateTimeScalar, { description: 'Log time.' })
  readonly postedAt!: number;
}

@ObjectType('Queue', { description: 'The public document of a queue.' })
export class QueueModel implements Omit<QueueDocument, 'notice'> {
  @Field(() => ID)
  readonly concertId!: string;

  @Field(() => QueueStates)
  readonly state!: QueueStatus;

  @Field(() => NoticeModel, { nullable: true })
  readonly notice?: NoticeModel | null;

  @Field(() => PolicyModel)
  readonly policy!: PolicyModel;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly opensAt?: number | null;

  @Field(() => Int, { description: 'Number of REGISTERED entries, which wait for the draw.' })
  readonly registered!: number;

  @Field(() => Int)
  readonly waiting!: number;

  @Field(() => Int)
  readonly ready!: number;

  @Field(() => Int)
  readonly active!: number;

  @Field(() => OffsetScalar, { description: 'The highest place called so far; -1 before the first call.' })
  readonly admittedThrough!: number;

  @Field(() => Float, { description: 'Entries called per minute, over the last five minutes.' })
  readonly admittedPerMinute!: number;

  @Field(() => Float, { nullable: true, description: 'Estimate for a new entry; null while no entries are called.' })
  readonly estimatedWaitSeconds?: number;

  @Field(() => OffsetScalar, { description: 'Offset of the last record applied.' })
  readonly projectedOffset!: number;

  @Field(() => DateTimeScalar, { description: 'Log time of that record.' })
  readonly projectedAt!: number;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the seed of the draw, hexadecimal.' })
  readonly drawCommitment?: string;

  @Field(() => String, { nullable: true, description: 'The seed of the draw, after the draw.' })
  readonly drawSeed?: string;
}

export function queueModelOf({ notice, ...queue }: QueueDocument): QueueModel {
  return { ...queue, opensAt: queue.policy.opensAt, ...(notice && { notice: noticeModelOf(notice) }) };
}

function noticeModelOf({ texts, postedAt }: NoticeDocument): NoticeModel {
  return { texts: Object.entries(texts).map(([language, text]) => ({ language, text })), postedAt };
}
