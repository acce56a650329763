import { type Static, Type } from 'typebox';
import type { QueueDocument } from '../../../../application/queries/queue-document.ts';
import { QUEUE_STATUSES } from '../../../../domain/types.ts';
import { ConcertId } from './ids.schema.ts';
import { Policy, policyToJson } from './policy.schema.ts';
import { named, ref } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 0, description });

export const Queue = named(
  'Queue',
  Type.Object(
    {
      concertId: ConcertId,
      state: Type.Enum([...QUEUE_STATUSES], {
        description: 'CLOSED: nobody enters or is called. PAUSED: nobody is called. SCHEDULED: before the opening.',
      }),
      policy: ref(Policy),
      opensAt: Type.Optional(Time),
      registered: count('Entries that stand before the draw.'),
      waiting: count('Entries that wait for their call.'),
      ready: count('Entries that are called and have not claimed yet.'),
      active: count('Entries that claimed and may buy.'),
      admittedThrough: Type.Integer({
        minimum: -1,
        description: 'The highest place called so far; -1 before the first.',
      }),
      admittedPerMinute: Type.Number({ minimum: 0, description: 'Over the last five minutes.' }),
      estimatedWaitSeconds: Type.Optional(
        Type.Number({ minimum: 0, description: 'For whoever would enter now; absent when nobody is being called.' }),
      ),
      projectedOffset: Type.Integer({ minimum: 0, description: 'The log is folded up to this offset.' }),
      projectedAt: Type.String({ format: 'date-time', description: 'Log time of that record.' }),
      drawCommitment: Type.Optional(Type.String({ description: 'SHA-256 of the seed of the draw, hexadecimal.' })),
      drawSeed: Type.Optional(Type.String({ description: 'The seed itself, once the draw was held.' })),
    },
    { ...strict, description: 'What everyone may know of a queue.' },
  ),
);
export type QueueJson = Static<typeof Queue>;

export const QueuePage = named(
  'QueuePage',
  Type.Object(
    {
      queues: Type.Array(ref(Queue)),
      nextCursor: Type.Optional(
        Type.String({ description: 'Give it as `cursor` for the next page; absent on the last.' }),
      ),
    },
    { ...strict },
  ),
);

export const QueuePageQuery = Type.Object(
  {
    // Text, because nothing is coerced: what is not exactly a number is refused.
    limit: Type.Optional(
      Type.String({
        pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$',
        description: 'Most queues on the page, 1 to 500; 100 if absent.',
      }),
    ),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: '`nextCursor` of the page before.' }),
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
