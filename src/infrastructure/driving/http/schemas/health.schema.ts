import { Type } from 'typebox';
import { HEALTH_CAUSES } from '../../../../application/health/health-report.ts';
import { PROJECTION_STEPS } from '../../../../application/projection/projection-dependencies.ts';
import { named } from './shared.ts';

const strict = { additionalProperties: false } as const;

export const Live = Type.Object({ status: Type.Literal('live') }, strict);

const Partition = Type.Object(
  {
    partition: Type.Integer(),
    state: Type.Enum(['live', 'catching up', 'loading', 'stuck']),
    stuckAt: Type.Optional(Type.Enum([...PROJECTION_STEPS])),
    reason: Type.Optional(Type.String({ description: 'Set when stuck; for operators (ADMIN_TOKEN).' })),
    projectedOffset: Type.Integer({ description: 'All records up to this offset are projected; -1 before the first.' }),
    logEnd: Type.Integer({ description: 'Offset of the next record.' }),
    lagEvents: Type.Integer({ description: 'Number of records not projected yet.' }),
    lagSeconds: Type.Number({ description: 'Upper bound of the age of the oldest record not projected yet.' }),
    concerts: Type.Integer(),
    deadLetters: Type.Integer(),
  },
  strict,
);

export const ReadinessSchema = named(
  'Readiness',
  Type.Object(
    {
      ready: Type.Boolean({ description: 'False: a role of this process is not ready.' }),
      roles: Type.Record(
        Type.String(),
        Type.Object(
          {
            ready: Type.Boolean(),
            cause: Type.Optional(Type.Enum([...HEALTH_CAUSES], { description: 'Why the role is not ready.' })),
            detail: Type.Optional(Type.String({ description: 'For operators (ADMIN_TOKEN).' })),
          },
          strict,
        ),
      ),
      partitions: Type.Optional(Type.Array(Partition, { description: 'The partitions that this process projects.' })),
      view: Type.Object(
        { state: Type.Enum(['current', 'lagging', 'away']), detail: Type.Optional(Type.String()) },
        { ...strict, description: 'The state of the view; it does not affect `ready`.' },
      ),
    },
    { ...strict },
  ),
);
