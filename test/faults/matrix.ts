import type { Cell } from './cell.ts';
import { BROKERS } from './cells/brokers.ts';
import { NETWORKS } from './cells/networks.ts';
import { PROCESSES } from './cells/processes.ts';
import { REGISTRIES } from './cells/registries.ts';
import { VIEWS } from './cells/views.ts';

export const CELLS: readonly Cell[] = [...PROCESSES, ...BROKERS, ...VIEWS, ...REGISTRIES, ...NETWORKS];
