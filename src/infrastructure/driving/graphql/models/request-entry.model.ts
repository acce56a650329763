import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { EntryAccepted } from '../../../../application/commands/request-entry.command.ts';
import { EntryStates } from './entry.model.ts';
import { ReceiptModel } from './receipt.model.ts';

@InputType({
  description:
    "Who asks, and where: exactly one of userId and phoneNumber; neither where the user's own token says it.",
})
export class RequestEntryInput {
  @Field(() => ID)
  readonly concertId!: string;

  @Field(() => ID, { nullable: true })
  readonly userId?: string | null;

  @Field(() => String, { nullable: true, description: "From which the shop's records give the user." })
  readonly phoneNumber?: string | null;
}

@ObjectType('RequestEntryPayload')
export class RequestEntryPayload implements EntryAccepted {
  @Field(() => String, { description: 'The only key to this entry. Keep it.' })
  readonly entryToken!: string;

  @Field(() => ReceiptModel)
  readonly receipt!: ReceiptModel;

  @Field(() => EntryStates)
  readonly state!: 'PENDING';

  @Field(() => Int)
  readonly pollAfterMs!: number;
}
