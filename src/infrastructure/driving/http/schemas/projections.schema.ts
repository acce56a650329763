import { type Static, Type } from 'typebox';
import type { PartitionStatus } from '../../../../application/queries/projections-status.ts';
import { named } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 0, description });

export const Projections = named(
  'Projections',
  Type.Object(
    {
      partitions: Type.Array(
        Type.Object(
          {
            partition: count('Of the topic of events.'),
            state: Type.Enum(['current', 'catching up', 'stuck']),
            reason: Type.Optional(
              Type.String({ description: 'Set when stuck: as far as it can be seen from outside.' }),
            ),
            owner: Type.Optional(
              Type.String({ description: "Who last wrote the partition's record; absent while there is none." }),
            ),
            writtenAt: Type.Optional(Time),
            concerts: count('Configured concerts.'),
            logEnd: count('Offset that the next record will get.'),
            projectedOffset: Type.Integer({ minimum: -1, description: 'All up to here is folded and written.' }),
            lagEvents: count('Records that are not projected yet.'),
            lagSeconds: Type.Number({ minimum: 0, description: 'Age of the oldest of them.' }),
            eventsPerSecond: count('Projected during the last second.'),
            deadLetters: count('Records that were passed over.'),
          },
          strict,
        ),
      ),
    },
    { ...strict, description: 'How far each partition is projected, by whom, and whether it moves.' },
  ),
);
type ProjectionsJson = Static<typeof Projections>;

export function projectionsToJson(partitions: readonly PartitionStatus[]): ProjectionsJson {
  return {
    partitions: partitions.map(({ writtenAt, ...rest }) => ({
      ...rest,
      ...(writtenAt === undefined ? {} : { writtenAt: isoTime(writtenAt) }),
    })),
  };
}
