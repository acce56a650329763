import type { Cell, Ordeal } from './fault-case.ts';
import { ADMITTERS } from './fault-cases/admission-control.ts';
import { BROKERS } from './fault-cases/brokers.ts';
import { CLUSTERS } from './fault-cases/clusters.ts';
import { GROUPS } from './fault-cases/groups.ts';
import { NETWORKS } from './fault-cases/networks.ts';
import { OVERLOADS } from './fault-cases/overloads.ts';
import { PROCESSES } from './fault-cases/processes.ts';
import { REGISTRIES } from './fault-cases/registries.ts';
import { ROLLINGS } from './fault-cases/rolling-restarts.ts';
import { TOPICS } from './fault-cases/topics.ts';
import { POISONS } from './fault-cases/unreadable-records.ts';
import { VIEWS } from './fault-cases/views.ts';

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
