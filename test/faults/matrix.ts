import type { FaultCase, LogLossCase } from './fault-case.ts';
import { ADMISSION_CONTROL_CASES } from './fault-cases/admission-control.ts';
import { BROKER_CASES } from './fault-cases/brokers.ts';
import { CLUSTER_CASES } from './fault-cases/clusters.ts';
import { GROUP_CASES } from './fault-cases/groups.ts';
import { NETWORK_CASES } from './fault-cases/networks.ts';
import { OVERLOAD_CASES } from './fault-cases/overloads.ts';
import { PROCESS_CASES } from './fault-cases/processes.ts';
import { REGISTRY_CASES } from './fault-cases/registries.ts';
import { RESTART_CASES } from './fault-cases/rolling-restarts.ts';
import { TOPIC_CASES } from './fault-cases/topics.ts';
import { UNREADABLE_RECORD_CASES } from './fault-cases/unreadable-records.ts';
import { VIEW_CASES } from './fault-cases/views.ts';

export const FAULT_CASES: readonly (FaultCase | LogLossCase)[] = [
  ...PROCESS_CASES,
  ...BROKER_CASES,
  ...VIEW_CASES,
  ...CLUSTER_CASES,
  ...REGISTRY_CASES,
  ...NETWORK_CASES,
  ...ADMISSION_CONTROL_CASES,
  ...GROUP_CASES,
  ...UNREADABLE_RECORD_CASES,
  ...TOPIC_CASES,
  ...RESTART_CASES,
  ...OVERLOAD_CASES,
];
