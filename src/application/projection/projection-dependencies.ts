/** What the projection of a partition needs, and its observers. */
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { LogPosition, Offset } from '../../domain/types.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import type { Tracing } from '../ports/tracing.port.ts';
import type { EventReader, UnreadableRecord } from './event-reader.ts';
import type { TimeCheckDependencies } from './time-check.ts';

export interface ProjectionDependencies {
  readonly view: QueueViewWriter;
  readonly deadLetters: DeadLetters;
  readonly reader: EventReader;
  readonly endOffset: (partition: number) => Promise<Offset>;
  /** Called when an unreadable record was added to the dead letters. */
  readonly onDeadLetter: (record: LogRecord, cause: UnreadableRecord) => void;
  /** Absent: timestamps are not checked. For tools that only read. */
  readonly timeCheck?: TimeCheckDependencies;
  readonly tracing?: Pick<Tracing, 'projecting'> | undefined;
  /** Called for every folded record; set only when each one is to be logged. */
  readonly onRecordFolded?: ((record: LogRecord, event: QueueEvent) => void) | undefined;
  /** Called each time a dead letter could not be written; the partition waits until it can. */
  readonly onDeadLetterFailed?: (record: LogRecord, cause: UnreadableRecord, reason: unknown) => void;
}

/** The dependency used last. When the projection fails, it names the cause. `schema ids`: the registry has other ids than the log. */
export const PROJECTION_STEPS = ['log', 'dead letters', 'schemas', 'schema ids', 'view'] as const;
export type ProjectionStep = (typeof PROJECTION_STEPS)[number];

/** Receives every event of a partition while the projection folds it. */
export interface ProjectionObserver {
  /** Called synchronously, just before the projection folds the event. */
  onEventFolded(event: QueueEvent, at: LogPosition): void;
}
