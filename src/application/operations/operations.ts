import type { LogReader } from '../ports/log-reader.port.ts';
import type { EventReader } from '../projection/event-reader.ts';
import type { ReplayPorts } from '../projection/partition-history.ts';
import type { ProjectionsStatus } from '../queries/projections-status.ts';
import type { VerifyProjections } from './verify-projections.ts';

/** What the APIs need to read the log and the views; connects when opened. */
export interface Operations {
  readonly ports: ReplayPorts;
  /** The dead-letter topic, read like the log. */
  readonly letters: LogReader;
  readonly reader: EventReader;
  /** Of the log: what dead letters must name as their origin. */
  readonly topic: string;
  verify(): Promise<VerifyProjections>;
  status(): Promise<ProjectionsStatus>;
}

/** Opens the tools, lets `work` use them, and closes every connection however it ends. */
export type UsingReplayTools = <T>(work: (tools: Operations) => Promise<T>) => Promise<T>;
