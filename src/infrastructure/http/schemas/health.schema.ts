import { Type } from 'typebox';
import { named } from './shared.ts';

const strict = { additionalProperties: false } as const;

export const Live = Type.Object({ status: Type.Literal('live') }, strict);

export const Readiness = named(
  'Readiness',
  Type.Object(
    {
      ready: Type.Boolean({ description: 'False: a role of this process cannot do its work.' }),
      roles: Type.Record(Type.String(), Type.Object({ ready: Type.Boolean(), detail: Type.String() }, strict)),
      view: Type.Object(
        { state: Type.Enum(['current', 'lagging', 'away']), detail: Type.String() },
        { ...strict, description: 'Told, but never a reason to be not ready.' },
      ),
    },
    { ...strict },
  ),
);
