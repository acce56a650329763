import type { DeadLetters } from '../../../src/application/ports/dead-letters.port.ts';
import type { EventLog } from '../../../src/application/ports/event-log.port.ts';
import type { QueueViewReader, QueueViewWriter } from '../../../src/application/ports/queue-view.port.ts';
import type { VerifyAdmissionHandler } from '../../../src/application/queries/verify-admission.handler.ts';
import type { ConcertQueue } from '../../../src/domain/concert-queue.ts';
import type { EntryIndex } from '../../../src/domain/entries.ts';
import type { QueueState } from '../../../src/domain/queue-state.ts';

/** Where a bug can be put in: prototypes of the running system's own classes, those in memory or those of the built server. */
export interface Seams {
  readonly queue: ConcertQueue;
  readonly state: QueueState;
  readonly entries: EntryIndex;
  readonly verifyAdmission: VerifyAdmissionHandler;
  readonly log: Pick<EventLog, 'append' | 'endOffset' | 'partitionOf'>;
  readonly writer: Pick<QueueViewWriter, 'advance' | 'activate' | 'stage'>;
  readonly reader: Pick<QueueViewReader, 'entry'>;
  readonly deadLetters: Pick<DeadLetters, 'add'>;
}

/** A mistake that someone could make, and the promise that it breaks first. */
export interface Bug {
  readonly breaks: 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8';
  /** What it may leave in the view so wrong that it cannot be read, and is noticed before any promise is judged. */
  readonly leaves?: string;
  readonly seed: (seams: Seams) => void;
}

/** What tells of a bug: the name of the promise before what broke it, or that the view cannot be read. */
export function signOf({ breaks, leaves }: Bug): RegExp {
  return new RegExp(leaves === undefined ? `${breaks}: ` : `${breaks}: |${leaves}`);
}

/** Puts `replacement(original)` in the place of a method. */
export function replace<T extends object, K extends keyof T>(
  target: T,
  name: K,
  replacement: (original: T[K]) => T[K],
): void {
  Object.defineProperty(target, name, { value: replacement(target[name]), configurable: true, writable: true });
}
