import type { DeadLetters } from '../../../src/application/ports/dead-letters.port.ts';
import type { EventLog } from '../../../src/application/ports/event-log.port.ts';
import type { QueueViewReader, QueueViewWriter } from '../../../src/application/ports/queue-view.port.ts';
import type { VerifyAdmissionHandler } from '../../../src/application/queries/verify-admission.handler.ts';
import type { ConcertQueue } from '../../../src/domain/concert-queue.ts';
import type { EntryIndex } from '../../../src/domain/entries.ts';
import type { QueueState } from '../../../src/domain/queue-state.ts';
import type { WaitingEntries } from '../../../src/domain/waiting-entries.ts';

/** Prototypes of the classes of the running system in which a bug can be injected: in memory or in the built server. */
export interface InjectionPoints {
  readonly queue: ConcertQueue;
  readonly state: QueueState;
  readonly entries: EntryIndex;
  readonly waiting: WaitingEntries;
  readonly verifyAdmission: VerifyAdmissionHandler;
  readonly log: Pick<EventLog, 'append' | 'endOffset' | 'partitionOf'>;
  readonly writer: Pick<QueueViewWriter, 'advance' | 'activate' | 'stage'>;
  readonly reader: Pick<QueueViewReader, 'entry'>;
  readonly deadLetters: Pick<DeadLetters, 'add'>;
}

/** A bug and the promise that it breaks first. */
export interface Bug {
  readonly breaks: 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8';
  /** The error when the bug leaves a view that cannot be read: it comes before any promise is checked. */
  readonly leaves?: string;
  readonly seed: (points: InjectionPoints) => void;
}

/** Matches the output that reports the bug: the name of the broken promise, or the error of an unreadable view. */
export function expectedMessage({ breaks, leaves }: Bug): RegExp {
  return new RegExp(leaves === undefined ? `${breaks}: ` : `${breaks}: |${leaves}`);
}

/** Replaces a method by `replacement(original)`. */
export function replace<T extends object, K extends keyof T>(
  target: T,
  name: K,
  replacement: (original: T[K]) => T[K],
): void {
  Object.defineProperty(target, name, { value: replacement(target[name]), configurable: true, writable: true });
}
