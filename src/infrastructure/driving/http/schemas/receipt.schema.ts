import { Type } from 'typebox';
import { named, ref } from './shared.ts';

const strict = { additionalProperties: false } as const;

export const ReceiptSchema = named(
  'Receipt',
  Type.Object(
    {
      topic: Type.String({ examples: ['queue.entry'] }),
      partition: Type.Integer({ minimum: 0, examples: [7] }),
      offset: Type.Integer({ minimum: 0, examples: [48_151] }),
    },
    { ...strict, description: 'The position of the event in the log. A smaller offset is earlier.' },
  ),
);

export const ReceiptedSchema = named(
  'Receipted',
  Type.Object(
    { receipt: ref(ReceiptSchema) },
    { ...strict, description: 'The event is in the log; it takes effect when it is projected.' },
  ),
);
