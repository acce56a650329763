/** The view is in a Redis Cluster, one of whose masters dies: what it holds is away, and what the others hold is not. */
import type { Cell } from '../fault-case.ts';
import { cutTail } from './views.ts';

const common: Omit<Cell, 'fault' | 'cause'> = {
  phase: 'after apply, before commit',
  setting: { redisMasters: 3 },
  isDark: 'open-air',
  /** Longer than the others need to take it for dead. */
  lastsMs: 5_000,
  heal: ({ redis }) => redis.restart(),
};

export const CLUSTERS: readonly Cell[] = [
  {
    ...common,
    fault: 'Redis Cluster of three masters loses one',
    cause: async ({ redis }, caught) => {
      await redis.kill9();
      caught.drop();
    },
  },
  {
    ...common,
    fault: 'Redis Cluster of three masters loses one, whose tail is cut',
    cause: (scene, caught) => cutTail(scene, caught, () => scene.redis.kill9()),
  },
];
