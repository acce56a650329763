import { Type } from 'typebox';
import { HEALTH_CAUSES } from '../../../../application/health/health-report.ts';
import { named } from './shared.ts';

const strict = { additionalProperties: false } as const;

export const Live = Type.Object({ status: Type.Literal('live') }, strict);

const Partition = Type.Object(
  {
    partition: Type.Integer(),
    state: Type.Enum(['live', 'catching up', 'loading', 'stuck']),
    stuckAt: Type.Optional(Type.Enum(['log', 'dead letters', 'schemas', 'view'])),
    reason: Type.Optional(Type.String({ description: 'Set when stuck; for operators (ADMIN_TOKEN).' })),
    projectedOffset: Type.Integer({ description: 'All up to here is folded and written; -1 before the first.' }),
    logEnd: Type.Integer({ description: 'Offset that the next record will get.' }),
    lagEvents: Type.Integer({ description: 'Records that the view does not show: not folded, or not written.' }),
    lagSeconds: Type.Number({ description: 'Age of the oldest of them, at most.' }),
    concerts: Type.Integer(),
    deadLetters: Type.Integer(),
  },
  strict,
);

export const Readiness = named(
  'Readiness',
  Type.Object(
    {
      ready: Type.Boolean({ description: 'False: a role of this process cannot do its work.' }),
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
      partitions: Type.Optional(Type.Array(Partition, { description: 'Those that this process projects.' })),
      view: Type.Object(
        { state: Type.Enum(['current', 'lagging', 'away']), detail: Type.Optional(Type.String()) },
        { ...strict, description: 'Told, but never a reason to be not ready.' },
      ),
    },
    { ...strict },
  ),
);
