import { Field, Float, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import {
  ENTRY_STATES,
  type EntryDocument,
  type EntryState,
} from '../../../../application/queries/get-my-entry.query.ts';
import { REJECTIONS, type Rejection } from '../../../../domain/types.ts';
import { enumOf } from './enum-of.ts';
import { ReceiptModel } from './receipt.model.ts';
import { DateTimeScalar, OffsetScalar } from './scalars.ts';

export const EntryStates = enumOf<EntryState>()(...ENTRY_STATES);
registerEnumType(EntryStates, { name: 'EntryState' });

const Rejections = enumOf<Rejection>()(...REJECTIONS);
registerEnumType(Rejections, { name: 'Rejection' });

@ObjectType('Entry', { description: "One user's place in one queue." })
export class EntryModel implements EntryDocument {
  @Field(() => ID)
  readonly concertId!: string;

  @Field(() => ID)
  readonly userId!: string;

  @Field(() => EntryStates)
  readonly state!: EntryState;

  @Field(() => ReceiptModel, { description: 'Of the request that created the entry.' })
  readonly receipt!: ReceiptModel;

  @Field(() => OffsetScalar, { nullable: true, description: 'The number that orders the queue.' })
  readonly place?: number;

  @Field(() => Int, { nullable: true, description: '1 is the next to be called.' })
  readonly position?: number;

  @Field(() => Int, { nullable: true, description: 'How many stand before.' })
  readonly ahead?: number;

  @Field(() => Float, { nullable: true })
  readonly estimatedWaitSeconds?: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'READY: the earliest time at which the call may lapse.' })
  readonly claimBy?: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'ACTIVE: the earliest time at which it may lapse.' })
  readonly activeUntil?: number;

  @Field(() => Rejections, { nullable: true })
  readonly rejectedBecause?: Rejection;

  @Field(() => Int, { description: 'Ask again after so many milliseconds.' })
  readonly pollAfterMs!: number;

  @Field(() => OffsetScalar, { description: 'What is told here is folded up to this offset.' })
  readonly projectedOffset!: number;
}
