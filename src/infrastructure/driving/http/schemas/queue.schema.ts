import { type Static, Type } from 'typebox';
import type { QueueDocument } from '../../../../application/queries/queue-document.ts';
import { QUEUE_STATUSES } from '../../../../domain/types.ts';
import { ConcertId } from './ids.schema.ts';
import { PolicySchema, policyToJson } from './policy.schema.ts';
import { named, ref } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 0, description });

export const QueueSchema = named(
  'Queue',
  Type.Object(
    {
      concertId: ConcertId,
      state: Type.Enum([...QUEUE_STATUSES], {
        description: 'CLOSED: accepts and calls no entries. PAUSED: calls no entries. SCHEDULED: before the opening.',
      }),
      policy: ref(PolicySchema),
      opensAt: Type.Optional(Time),
      registered: count('Number of REGISTERED entries, which wait for the draw.'),
      waiting: count('Number of WAITING entries.'),
      ready: count('Number of READY entries: called, not claimed yet.'),
      active: count('Number of ACTIVE entries: claimed, allowed to buy.'),
      admittedThrough: Type.Integer({
        minimum: -1,
        description: 'The highest place called so far; -1 before the first call.',
      }),
      admittedPerMinute: Type.Number({
        minimum: 0,
        description: 'Entries called per minute, over the last five minutes.',
      }),
      estimatedWaitSeconds: Type.Optional(
        Type.Number({ minimum: 0, description: 'Estimate for a new entry; absent while no entries are called.' }),
      ),
      projectedOffset: Type.Integer({ minimum: 0, description: 'Offset of the last record applied.' }),
      projectedAt: Type.String({ format: 'date-time', description: 'Log time of that record.' }),
      drawCommitment: Type.Optional(Type.String({ description: 'SHA-256 of the seed of the draw, hexadecimal.' })),
      drawSeed: Type.Optional(Type.String({ description: 'The seed of the draw, after the draw.' })),
    },
    { ...strict, description: 'The public document of a queue.' },
  ),
);
export type QueueJson = Static<typeof QueueSchema>;

export const QueuePageSchema = named(
  'QueuePage',
  Type.Object(
    {
      queues: Type.Array(ref(QueueSchema)),
      nextCursor: Type.Optional(
        Type.String({ description: 'The `cursor` of the next page; absent on the last page.' }),
      ),
    },
    { ...strict },
  ),
);

export const QueuePageQuery = Type.Object(
  {
    // A string with a pattern, because query parameters are not coerced to numbers.
    limit: Type.Optional(
      Type.String({
        pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$',
        description: 'Maximum number of queues on the page, 1 to 500; 100 if absent.',
      }),
    ),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: '`nextCursor` of the previous page.' }),
    ),
  },
  strict,
);
export type QueuePageQuery = Static<typeof QueuePageQuery>;

export function queueToJson({ policy, projectedAt, ...rest }: QueueDocument): QueueJson {
  return {
    ...rest,
    policy: policyToJson(policy),
    ...(policy.opensAt === null ? {} : { opensAt: isoTime(policy.opensAt) }),
    projectedAt: isoTime(projectedAt),
  };
}
