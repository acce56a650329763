import { type Static, Type } from 'typebox';
import { QueueError } from '../../../../application/errors.ts';
import type { Policy as DomainPolicy } from '../../../../domain/events.generated.ts';
import { named } from './shared.ts';
import { isoTime } from './time.ts';

const WEEK = 7 * 24 * 60 * 60;
const count = (maximum: number, description: string) => Type.Integer({ minimum: 1, maximum, description });

export const Policy = named(
  'Policy',
  Type.Object(
    {
      capacity: count(1_000_000, 'Most READY and ACTIVE entries at once.'),
      admissionsPerMinute: count(1_000_000, 'Most entries called in a minute.'),
      claimWindowSeconds: count(WEEK, 'How long whoever is called may take to claim.'),
      activeWindowSeconds: count(WEEK, 'How long whoever claimed may take to buy.'),
      maximumWaiting: Type.Optional(count(10_000_000, 'Most REGISTERED and WAITING entries; absent: no limit.')),
      minimumBalance: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1_000_000_000_000_000,
          description: 'Points needed to enter; absent: none.',
        }),
      ),
      opensAt: Type.Optional(
        Type.String({
          format: 'date-time',
          pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})$',
          description: 'When entries are first called, RFC 3339; absent: at once.',
          examples: ['2026-12-01T11:00:00.000Z'],
        }),
      ),
      beforeOpening: Type.Optional(
        Type.Enum(['reject', 'draw'], {
          default: 'reject',
          description: 'Requests before the opening: refused, or registered for a draw (needs `opensAt`).',
        }),
      ),
      outcomeRetentionSeconds: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 30 * 24 * 60 * 60,
          default: 86_400,
          description: 'How long an outcome is kept.',
        }),
      ),
    },
    {
      additionalProperties: false,
      examples: [{ capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 }],
    },
  ),
);
export type PolicyJson = Static<typeof Policy>;

/** @throws QueueError `INVALID_REQUEST` for what the schema cannot say */
export function policyFromJson(json: PolicyJson): DomainPolicy {
  const {
    maximumWaiting = null,
    minimumBalance = null,
    beforeOpening = 'reject',
    outcomeRetentionSeconds = 86_400,
  } = json;
  const opensAt = json.opensAt === undefined ? null : openingTime(json.opensAt);
  if (beforeOpening === 'draw' && opensAt === null)
    throw new QueueError('INVALID_REQUEST', 'body/beforeOpening must not be draw without body/opensAt');
  const { capacity, admissionsPerMinute, claimWindowSeconds, activeWindowSeconds } = json;
  return {
    capacity,
    admissionsPerMinute,
    claimWindowSeconds,
    activeWindowSeconds,
    maximumWaiting,
    minimumBalance,
    opensAt,
    beforeOpening,
    outcomeRetentionSeconds,
  };
}

export function policyToJson({ maximumWaiting, minimumBalance, opensAt, ...rest }: DomainPolicy): PolicyJson {
  return {
    ...rest,
    ...(maximumWaiting === null ? {} : { maximumWaiting }),
    ...(minimumBalance === null ? {} : { minimumBalance }),
    ...(opensAt === null ? {} : { opensAt: isoTime(opensAt) }),
  };
}

const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Milliseconds since 1970; a finer fraction is cut off. */
function openingTime(text: string): number {
  const time = Date.parse(text);
  if (time >= 0 && time <= LAST) return time;
  throw new QueueError('INVALID_REQUEST', 'body/opensAt must be a time between 1970 and 9999');
}
