import { type Static, Type } from 'typebox';
import { PHONE_NUMBER } from '../../../../application/event-log/identifiers.ts';
import { ENTRY_STATES, type EntryDocument as EntryView } from '../../../../application/queries/get-my-entry.query.ts';
import { REJECTIONS } from '../../../../domain/types.ts';
import { ConcertId, UserId } from './ids.schema.ts';
import { Receipt } from './receipt.schema.ts';
import { named, ref } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;
const pollAfterMs = Type.Integer({ minimum: 0, description: 'Ask again after so many milliseconds.' });

export const EntryRequest = named(
  'EntryRequest',
  Type.Object(
    {
      userId: Type.Optional(UserId),
      phoneNumber: Type.Optional(
        Type.String({
          pattern: PHONE_NUMBER.source,
          description: "From which the shop's records give the user. Only with `ENTRY_AUTH=service`.",
          examples: ['010-1234-5678'],
        }),
      ),
    },
    {
      ...strict,
      description: "Who asks: exactly one of the two; with `ENTRY_AUTH=jwt` none, since the user's own token says it.",
      examples: [{ userId: 'u-7f3a' }],
    },
  ),
);
export type EntryRequest = Static<typeof EntryRequest>;

export const EntryAccepted = named(
  'EntryAccepted',
  Type.Object(
    {
      entryToken: Type.String({ description: 'The only key to this entry. Keep it.' }),
      receipt: ref(Receipt),
      state: Type.Literal('PENDING'),
      pollAfterMs,
    },
    { ...strict },
  ),
);

export const Entry = named(
  'Entry',
  Type.Object(
    {
      concertId: ConcertId,
      userId: UserId,
      state: Type.Enum([...ENTRY_STATES]),
      receipt: ref(Receipt),
      place: Type.Optional(Type.Integer({ minimum: 0, description: 'The number that orders the queue.' })),
      position: Type.Optional(Type.Integer({ minimum: 1, description: '1 is the next to be called.' })),
      ahead: Type.Optional(Type.Integer({ minimum: 0, description: 'How many stand before.' })),
      estimatedWaitSeconds: Type.Optional(Type.Number({ minimum: 0 })),
      claimBy: Type.Optional(Time),
      activeUntil: Type.Optional(Time),
      rejectedBecause: Type.Optional(Type.Enum([...REJECTIONS])),
      pollAfterMs,
      projectedOffset: Type.Integer({ minimum: -1, description: 'What is told here is folded up to this offset.' }),
    },
    { ...strict },
  ),
);
export type EntryJson = Static<typeof Entry>;

export function entryToJson({ claimBy, activeUntil, ...rest }: EntryView): EntryJson {
  return {
    ...rest,
    ...(claimBy === undefined ? {} : { claimBy: isoTime(claimBy) }),
    ...(activeUntil === undefined ? {} : { activeUntil: isoTime(activeUntil) }),
  };
}
