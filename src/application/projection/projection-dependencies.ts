/** What a projection of a partition needs, and whom it tells. */
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { LogPosition, Offset } from '../../domain/types.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import type { Tracing } from '../ports/tracing.port.ts';
import type { EventReader, UnreadableRecord } from './event-reader.ts';

export interface ProjectionDependencies {
  readonly view: QueueViewWriter;
  readonly deadLetters: DeadLetters;
  readonly reader: EventReader;
  readonly endOffset: (partition: number) => Promise<Offset>;
  /** Told of every dead letter as it is passed over. */
  readonly onDeadLetter: (record: LogRecord, cause: UnreadableRecord) => void;
  readonly tracing?: Pick<Tracing, 'projecting'> | undefined;
  /** Told of every record as it is folded; left out unless somebody wants so many lines. */
  readonly onFolded?: ((record: LogRecord, event: QueueEvent) => void) | undefined;
  /** Told each time that a dead letter could not be written: its partition stands still. */
  readonly onUnwritable?: (record: LogRecord, cause: UnreadableRecord, reason: unknown) => void;
}

/** What it was last about: when it fails, that is where it stands. */
export type Step = 'log' | 'dead letters' | 'schemas' | 'view';

/** Who folds beside it. */
export interface ProjectionObserver {
  /** At the very moment at which it is folded here. */
  folded(event: QueueEvent, at: LogPosition): void;
}
