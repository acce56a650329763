import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { EntryAccepted } from '../../../../application/commands/request-entry.command.ts';
import { EntryStates } from './entry.model.ts';
import { ReceiptModel } from './receipt.model.ts';

@InputType({
  description:
    "The concert, and the user by exactly one of userId and phoneNumber; by neither if the user's token identifies the user.",
})
export class RequestEntryInput {
  @Field(() => ID)
  readonly concertId!: string;

  @Field(() => ID, { nullable: true })
  readonly userId?: string | null;

  @Field(() => String, { nullable: true, description: "The user's phone number in the shop's records." })
  readonly phoneNumber?: string | null;
}

@ObjectType('RequestEntryPayload')
export class RequestEntryPayload implements EntryAccepted {
  @Field(() => String, { description: 'The only credential for this entry. Store it.' })
  readonly entryToken!: string;

  @Field(() => ReceiptModel)
  readonly receipt!: ReceiptModel;

  @Field(() => EntryStates)
  readonly state!: 'PENDING';

  @Field(() => Int)
  readonly pollAfterMs!: number;
}
