import { type Static, Type } from 'typebox';
import { PHONE_NUMBER } from '../../../../application/event-log/identifiers.ts';
import { ENTRY_STATES, type EntryDocument } from '../../../../application/queries/get-my-entry.query.ts';
import { REJECTIONS } from '../../../../domain/types.ts';
import { ConcertId, UserId } from './ids.schema.ts';
import { ReceiptSchema } from './receipt.schema.ts';
import { named, ref } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;
const pollAfterMs = Type.Integer({ minimum: 0, description: 'Milliseconds after which to poll again.' });

export const EntryRequestSchema = named(
  'EntryRequest',
  Type.Object(
    {
      userId: Type.Optional(UserId),
      phoneNumber: Type.Optional(
        Type.String({
          pattern: PHONE_NUMBER.source,
          description: "The user's phone number in the shop's records. Only with `ENTRY_AUTH=service`.",
          examples: ['010-1234-5678'],
        }),
      ),
    },
    {
      ...strict,
      description:
        "Identifies the user by exactly one of the two fields; with `ENTRY_AUTH=jwt` by neither, because the user's token does.",
      examples: [{ userId: 'u-7f3a' }],
    },
  ),
);
export type EntryRequestJson = Static<typeof EntryRequestSchema>;

export const EntryAcceptedSchema = named(
  'EntryAccepted',
  Type.Object(
    {
      entryToken: Type.String({ description: 'The only credential for this entry. Store it.' }),
      receipt: ref(ReceiptSchema),
      state: Type.Literal('PENDING'),
      pollAfterMs,
    },
    { ...strict },
  ),
);

export const EntrySchema = named(
  'Entry',
  Type.Object(
    {
      concertId: ConcertId,
      userId: UserId,
      state: Type.Enum([...ENTRY_STATES]),
      receipt: ref(ReceiptSchema),
      place: Type.Optional(Type.Integer({ minimum: 0, description: 'The number that orders the queue.' })),
      position: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Position among the WAITING entries; 1 is called next.' }),
      ),
      ahead: Type.Optional(Type.Integer({ minimum: 0, description: 'Number of WAITING entries before this one.' })),
      estimatedWaitSeconds: Type.Optional(Type.Number({ minimum: 0 })),
      claimBy: Type.Optional(Time),
      activeUntil: Type.Optional(Time),
      rejectedBecause: Type.Optional(Type.Enum([...REJECTIONS])),
      pollAfterMs,
      projectedOffset: Type.Integer({ minimum: -1, description: 'Offset of the last record applied.' }),
    },
    { ...strict },
  ),
);
export type EntryJson = Static<typeof EntrySchema>;

export function entryToJson({ claimBy, activeUntil, ...rest }: EntryDocument): EntryJson {
  return {
    ...rest,
    ...(claimBy === undefined ? {} : { claimBy: isoTime(claimBy) }),
    ...(activeUntil === undefined ? {} : { activeUntil: isoTime(activeUntil) }),
  };
}
