import type { Cell, Ordeal } from './cell.ts';
import { ADMITTERS } from './cells/admitters.ts';
import { BROKERS } from './cells/brokers.ts';
import { CLUSTERS } from './cells/clusters.ts';
import { GROUPS } from './cells/groups.ts';
import { NETWORKS } from './cells/networks.ts';
import { OVERLOADS } from './cells/overloads.ts';
import { POISONS } from './cells/poisons.ts';
import { PROCESSES } from './cells/processes.ts';
import { REGISTRIES } from './cells/registries.ts';
import { ROLLINGS } from './cells/rollings.ts';
import { TOPICS } from './cells/topics.ts';
import { VIEWS } from './cells/views.ts';

export const CELLS: readonly (Cell | Ordeal)[] = [
  ...PROCESSES,
  ...BROKERS,
  ...VIEWS,
  ...CLUSTERS,
  ...REGISTRIES,
  ...NETWORKS,
  ...ADMITTERS,
  ...GROUPS,
  ...POISONS,
  ...TOPICS,
  ...ROLLINGS,
  ...OVERLOADS,
];
