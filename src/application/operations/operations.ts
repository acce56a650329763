import type { LogReader } from '../ports/log-reader.port.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
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
  /** Topic of the log: dead letters must name it as their origin. */
  readonly topic: string;
  /** @throws QueueError if the view is unavailable */
  view(): Promise<QueueViewReader>;
  verify(): Promise<VerifyProjections>;
  status(): Promise<ProjectionsStatus>;
}

/** Opens the tools for `work`, and closes every connection afterwards. */
export type UsingReplayTools = <T>(work: (tools: Operations) => Promise<T>) => Promise<T>;
