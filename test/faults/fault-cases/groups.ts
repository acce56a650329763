/** Strangers in the consumer group, and a log that is delivered again. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cell } from '../fault-case.ts';
import type { Scene } from '../fault-environment.ts';

const STORM_MS = 60_000;
const DELIVERED_TWICE = `--import ${join(import.meta.dirname, '..', 'preloads', 'duplicate-delivery.mjs')}`;

export const GROUPS: readonly Cell[] = [
  {
    fault: 'consumer group rewound to 0 while live',
    phase: 'under way',
    cause: async (scene) => {
      await asMember(scene, async (commit) => commit(0));
    },
    heal: async () => undefined,
  },
  {
    fault: 'every record delivered twice',
    phase: 'under way',
    setting: { projector: { NODE_OPTIONS: DELIVERED_TWICE } },
    cause: async () => undefined,
    heal: async () => undefined,
  },
  {
    fault: 'repeated rebalances: a member joins and leaves for a minute',
    phase: 'under way',
    lastsMs: 0,
    crowd: { thinkMs: 3_000 },
    cause: async (scene) => {
      let members = 0;
      for (const end = performance.now() + STORM_MS; performance.now() < end; members++) {
        await Promise.all([asMember(scene, async () => undefined), pause(1_000)]);
      }
      scene.notes.push(`${members} members joined and left`);
    },
    heal: async () => undefined,
  },
];

/** Is a member of the group for as long as `work` takes, without reading anything. */
async function asMember(
  { installation: { kafka, names, topic, partitions } }: Scene,
  work: (commit: (offset: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const consumer = kafka.consumer({ groupId: names.groupId, sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
    await joined;
    await work((offset) =>
      consumer.commitOffsets(
        Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: `${offset}` })),
      ),
    );
  } finally {
    await consumer.disconnect();
  }
}
