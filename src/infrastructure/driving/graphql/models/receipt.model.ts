import { Field, Int, ObjectType } from '@nestjs/graphql';
import { OffsetScalar } from './scalars.ts';

@ObjectType('Receipt', { description: 'Where the log put the event. Smaller offset = earlier.' })
export class ReceiptModel {
  @Field(() => String)
  readonly topic!: string;

  @Field(() => Int)
  readonly partition!: number;

  @Field(() => OffsetScalar)
  readonly offset!: number;
}
