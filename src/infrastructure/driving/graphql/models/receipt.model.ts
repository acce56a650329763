import { Field, Int, ObjectType } from '@nestjs/graphql';
import { OffsetScalar } from './scalar-types.ts';

@ObjectType('Receipt', { description: 'The position of the event in the log. A smaller offset is earlier.' })
export class ReceiptModel {
  @Field(() => String)
  readonly topic!: string;

  @Field(() => Int)
  readonly partition!: number;

  @Field(() => OffsetScalar)
  readonly offset!: number;
}
