import { type Static, Type } from 'typebox';
import { QueueError } from '../../../../application/errors.ts';
import type { Policy as DomainPolicy } from '../../../../domain/events.generated.ts';
import { named } from './shared.ts';
import { isoTime } from './time.ts';

const WEEK = 7 * 24 * 60 * 60;
const count = (maximum: number, description: string) => Type.Integer({ minimum: 1, maximum, description });

export const PolicySchema = named(
  'Policy',
  Type.Object(
    {
      capacity: count(1_000_000, 'Maximum number of READY and ACTIVE entries.'),
      admissionsPerMinute: count(1_000_000, 'Maximum number of entries called per minute.'),
      claimWindowSeconds: count(WEEK, 'Time from the call until a READY entry expires.'),
      activeWindowSeconds: count(WEEK, 'Time from the claim until an ACTIVE entry expires.'),
      maximumWaiting: Type.Optional(
        count(10_000_000, 'Maximum number of REGISTERED and WAITING entries; absent: no limit.'),
      ),
      minimumBalance: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1_000_000_000_000_000,
          description: 'Points a user needs to enter; absent: none.',
        }),
      ),
      opensAt: Type.Optional(
        Type.String({
          format: 'date-time',
          pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})$',
          description: 'Time of the first calls, RFC 3339; absent: immediately.',
          examples: ['2026-12-01T11:00:00.000Z'],
        }),
      ),
      beforeOpening: Type.Optional(
        Type.Enum(['reject', 'draw'], {
          default: 'reject',
          description:
            'What happens to requests before the opening: `reject` them, or register them for a `draw` (requires `opensAt`).',
        }),
      ),
      outcomeRetentionSeconds: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 30 * 24 * 60 * 60,
          default: 86_400,
          description: 'How long the outcome of an entry is kept.',
        }),
      ),
    },
    {
      additionalProperties: false,
      examples: [{ capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 }],
    },
  ),
);
export type PolicyJson = Static<typeof PolicySchema>;

/** @throws QueueError `INVALID_REQUEST` for a rule that the schema cannot express */
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

const MAX_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Milliseconds since 1970; digits beyond milliseconds are truncated. */
function openingTime(text: string): number {
  const time = Date.parse(text);
  if (time >= 0 && time <= MAX_TIME) return time;
  throw new QueueError('INVALID_REQUEST', 'body/opensAt must be a time between 1970 and 9999');
}
