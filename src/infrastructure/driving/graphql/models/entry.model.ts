import { Field, Float, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import {
  ENTRY_STATES,
  type EntryDocument,
  type EntryState,
} from '../../../../application/queries/get-my-entry.query.ts';
import { REJECTIONS, type Rejection } from '../../../../domain/types.ts';
import { enumOf } from './enum-of.ts';
import { ReceiptModel } from './receipt.model.ts';
import { DateTimeScalar, OffsetScalar } from './scalar-types.ts';

export const EntryStates = enumOf<EntryState>()(...ENTRY_STATES);
registerEnumType(EntryStates, { name: 'EntryState' });

const Rejections = enumOf<Rejection>()(...REJECTIONS);
registerEnumType(Rejections, { name: 'Rejection' });

@ObjectType('Entry', { description: "One user's participation in one concert's queue." })
export class EntryModel implements EntryDocument {
  @Field(() => ID)
  readonly concertId!: string;

  @Field(() => ID)
  readonly userId!: string;

  @Field(() => EntryStates)
  readonly state!: EntryState;

  @Field(() => ReceiptModel, { description: 'Receipt of the request that created the entry.' })
  readonly receipt!: ReceiptModel;

  @Field(() => OffsetScalar, { nullable: true, description: 'The number that orders the queue.' })
  readonly place?: number;

  @Field(() => Int, { nullable: true, description: 'Position among the WAITING entries; 1 is called next.' })
  readonly position?: number;

  @Field(() => Int, { nullable: true, description: 'Number of WAITING entries before this one.' })
  readonly ahead?: number;

  @Field(() => Float, { nullable: true })
  readonly estimatedWaitSeconds?: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'READY: the earliest time at which the entry may expire.',
  })
  readonly claimBy?: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'ACTIVE: the earliest time at which the entry may expire.',
  })
  readonly activeUntil?: number;

  @Field(() => Rejections, { nullable: true })
  readonly rejectedBecause?: Rejection;

  @Field(() => Int, { description: 'Milliseconds after which to poll again.' })
  readonly pollAfterMs!: number;

  @Field(() => OffsetScalar, { description: 'Offset of the last record applied.' })
  readonly projectedOffset!: number;
}
