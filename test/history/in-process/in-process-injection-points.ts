import { VerifyAdmissionHandler } from '../../../src/application/queries/verify-admission.handler.ts';
import { ConcertQueue } from '../../../src/domain/concert-queue.ts';
import { EntryIndex } from '../../../src/domain/entries.ts';
import { QueueState } from '../../../src/domain/queue-state.ts';
import { WaitingEntries } from '../../../src/domain/waiting-entries.ts';
import { MemoryQueueViewReader } from '../../../src/infrastructure/driven/embedded/memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from '../../../src/infrastructure/driven/embedded/memory-queue-view-writer.ts';
import { SqliteDeadLetters } from '../../../src/infrastructure/driven/embedded/sqlite-dead-letters.ts';
import { SqliteEventLog } from '../../../src/infrastructure/driven/embedded/sqlite-event-log.ts';
import type { Bug, InjectionPoints } from '../bugs/injection-points.ts';

const INJECTION_POINTS: InjectionPoints = {
  queue: ConcertQueue.prototype,
  state: QueueState.prototype,
  entries: EntryIndex.prototype,
  waiting: WaitingEntries.prototype,
  verifyAdmission: VerifyAdmissionHandler.prototype,
  log: SqliteEventLog.prototype,
  writer: MemoryQueueViewWriter.prototype,
  reader: MemoryQueueViewReader.prototype,
  deadLetters: SqliteDeadLetters.prototype,
};

/** Runs `work` with the bug injected, then removes the bug. */
export async function withBug<T>(bug: Bug, work: () => Promise<T>): Promise<T> {
  const originals = Object.values(INJECTION_POINTS).map(
    (point: object) => [point, Object.getOwnPropertyDescriptors(point)] as const,
  );
  bug.seed(INJECTION_POINTS);
  try {
    return await work();
  } finally {
    for (const [point, properties] of originals) Object.defineProperties(point, properties);
  }
}
