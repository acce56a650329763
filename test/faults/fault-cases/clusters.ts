/** A master of the Redis Cluster of the view is killed. The keys of the other masters stay available. */
import type { FaultCase } from '../fault-case.ts';
import { cutAppendOnlyFile } from './views.ts';

const common: Omit<FaultCase, 'fault' | 'cause'> = {
  phase: 'after apply, before commit',
  setup: { redisMasters: 3 },
  outage: 'open-air',
  /** Longer than the failure detection of the cluster. */
  lastsMs: 5_000,
  heal: ({ redis }) => redis.restart(),
};

export const CLUSTER_CASES: readonly FaultCase[] = [
  {
    ...common,
    fault: 'Redis Cluster of three masters loses one',
    cause: async ({ redis }, held) => {
      await redis.kill9();
      held.drop();
    },
  },
  {
    ...common,
    fault: 'Redis Cluster of three masters loses one, whose tail is cut',
    cause: (environment, held) => cutAppendOnlyFile(environment, held, () => environment.redis.kill9()),
  },
];
