import { type Static, Type } from 'typebox';
import type { PartitionStatus } from '../../../../application/queries/projections-status.ts';
import { named } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 0, description });

export const ProjectionsSchema = named(
  'Projections',
  Type.Object(
    {
      partitions: Type.Array(
        Type.Object(
          {
            partition: count('Partition of the event topic.'),
            state: Type.Enum(['current', 'catching up', 'stuck']),
            reason: Type.Optional(
              Type.String({ description: 'Set when stuck: the cause, as seen from outside the owner.' }),
            ),
            owner: Type.Optional(
              Type.String({
                description: "Process that last wrote the partition's checkpoint; absent while there is none.",
              }),
            ),
            writtenAt: Type.Optional(Time),
            concerts: count('Number of configured concerts.'),
            logEnd: count('Offset of the next record.'),
            projectedOffset: Type.Integer({ minimum: -1, description: 'All records up to this offset are projected.' }),
            lagEvents: count('Number of records not projected yet.'),
            lagSeconds: Type.Number({ minimum: 0, description: 'Age of the oldest record not projected yet.' }),
            eventsPerSecond: count('Records projected during the last second.'),
            deadLetters: count('Number of dead letters.'),
          },
          strict,
        ),
      ),
    },
    { ...strict, description: 'The progress, owner and lag of each partition.' },
  ),
);
type ProjectionsJson = Static<typeof ProjectionsSchema>;

export function projectionsToJson(partitions: readonly PartitionStatus[]): ProjectionsJson {
  return {
    partitions: partitions.map(({ writtenAt, ...rest }) => ({
      ...rest,
      ...(writtenAt === undefined ? {} : { writtenAt: isoTime(writtenAt) }),
    })),
  };
}
