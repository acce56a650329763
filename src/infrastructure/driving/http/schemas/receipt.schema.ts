import { Type } from 'typebox';
import { named, ref } from './shared.ts';

const strict = { additionalProperties: false } as const;

export const Receipt = named(
  'Receipt',
  Type.Object(
    {
      topic: Type.String({ examples: ['queue.entry'] }),
      partition: Type.Integer({ minimum: 0, examples: [7] }),
      offset: Type.Integer({ minimum: 0, examples: [48_151] }),
    },
    { ...strict, description: 'Where the log put the event. Smaller offset = earlier.' },
  ),
);

export const Receipted = named(
  'Receipted',
  Type.Object(
    { receipt: ref(Receipt) },
    { ...strict, description: 'The event is in the log, and takes effect once it is projected.' },
  ),
);
