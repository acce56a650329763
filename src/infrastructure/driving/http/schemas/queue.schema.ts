import { type Static, Type } from 'typebox';
import { MAX_NOTICE_CHARACTERS, MAX_NOTICE_LANGUAGES } from '../../../../application/commands/notice-texts.ts';
import type {
  NoticeDocument,
  QueueDocument,
  QueueStatusDocument,
} from '../../../../application/queries/queue-document.ts';
import { QUEUE_STATUSES } from '../../../../domain/types.ts';
import { ConcertId } from './ids.schema.ts';
import { PolicySchema, policyToJson } from './policy.schema.ts';
import { named, ref } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 0, description });

const NoticeTexts = Type.Record(Type.String(), Type.String({ maxLength: MAX_NOTICE_CHARACTERS }), {
  maxProperties: MAX_NOTICE_LANGUAGES,
  description: 'Plain text by language tag (BCP 47). Line feeds are the only control characters.',
  examples: [{ en: 'We open ten minutes late.', ko: '10분 늦게 시작합니다.' }],
});

/** Larger than any valid notice, with each character as an escape sequence of JSON. */
export const NOTICE_BODY_LIMIT = 128 * 1024;

export const NoticeRequestSchema = named(
  'NoticeRequest',
  Type.Object({ texts: NoticeTexts }, { ...strict, description: 'The notice. Without texts, it is removed.' }),
);
export type NoticeRequest = Static<typeof NoticeRequestSchema>;

export const NoticeSchema = named(
  'Notice',
  Type.Object(
    { texts: NoticeTexts, postedAt: Type.String({ format: 'date-time', description: 'Log time.' }) },
    { ...strict, description: "The operator's notice to all users of the queue." },
  ),
);

export const QueueSchema = named(
  'Queue',
  Type.Object(
    {
      concertId: ConcertId,
      state: Type.Enum([...QUEUE_STATUSES], {
        description: 'CLOSED: accepts and calls no entries. PAUSED: calls no entries. SCHEDULED: before the opening.',
      }),
      notice: Type.Optional(ref(NoticeSchema)),
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

export function queueToJson({ policy, projectedAt, state, notice, ...rest }: QueueDocument): QueueJson {
  return {
    ...rest,
    ...queueStatusToJson({ state, ...(notice && { notice }) }),
    policy: policyToJson(policy),
    ...(policy.opensAt === null ? {} : { opensAt: isoTime(policy.opensAt) }),
    projectedAt: isoTime(projectedAt),
  };
}

export function queueStatusToJson({ state, notice }: QueueStatusDocument): Pick<QueueJson, 'state' | 'notice'> {
  return { state, ...(notice && { notice: noticeToJson(notice) }) };
}

function noticeToJson({ texts, postedAt }: NoticeDocument): Static<typeof NoticeSchema> {
  return { texts, postedAt: isoTime(postedAt) };
}
