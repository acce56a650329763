/** Foreign members in the consumer group, and repeated delivery. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultCase } from '../fault-case.ts';
import type { FaultEnvironment } from '../fault-environment.ts';

const STORM_MS = 60_000;
const DUPLICATE_DELIVERY = `--import ${join(import.meta.dirname, '..', 'preloads', 'duplicate-delivery.mjs')}`;

export const GROUP_CASES: readonly FaultCase[] = [
  {
    fault: 'consumer group rewound to 0 while live',
    phase: 'under way',
    cause: async (environment) => {
      await joinGroup(environment, async (commit) => commit(0));
    },
    heal: async () => undefined,
  },
  {
    fault: 'every record delivered twice',
    phase: 'under way',
    setup: { projector: { NODE_OPTIONS: DUPLICATE_DELIVERY } },
    cause: async () => undefined,
    heal: async () => undefined,
  },
  {
    fault: 'repeated rebalances: a member joins and leaves for a minute',
    phase: 'under way',
    lastsMs: 0,
    simulation: { thinkMs: 3_000 },
    cause: async (environment) => {
      let members = 0;
      for (const end = performance.now() + STORM_MS; performance.now() < end; members++) {
        await Promise.all([joinGroup(environment, async () => undefined), pause(1_000)]);
      }
      environment.notes.push(`${members} members joined and left`);
    },
    heal: async () => undefined,
  },
];

/** Joins the group for the duration of `work` without reading records. */
async function joinGroup(
  { installation: { kafka, names, topic, partitions } }: FaultEnvironment,
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
