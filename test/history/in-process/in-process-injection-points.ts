import { VerifyAdmissionHandler } from '../../../src/application/queries/verify-admission.handler.ts';
import { ConcertQueue } from '../../../src/domain/concert-queue.ts';
import { EntryIndex } from '../../../src/domain/entries.ts';
import { QueueState } from '../../../src/domain/queue-state.ts';
import { MemoryQueueViewReader } from '../../../src/infrastructure/driven/embedded/memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from '../../../src/infrastructure/driven/embedded/memory-queue-view-writer.ts';
import { SqliteDeadLetters } from '../../../src/infrastructure/driven/embedded/sqlite-dead-letters.ts';
import { SqliteEventLog } from '../../../src/infrastructure/driven/embedded/sqlite-event-log.ts';
import type { Bug, Seams } from '../bugs/injection-points.ts';

const SEAMS: Seams = {
  queue: ConcertQueue.prototype,
  state: QueueState.prototype,
  entries: EntryIndex.prototype,
  verifyAdmission: VerifyAdmissionHandler.prototype,
  log: SqliteEventLog.prototype,
  writer: MemoryQueueViewWriter.prototype,
  reader: MemoryQueueViewReader.prototype,
  deadLetters: SqliteDeadLetters.prototype,
};

/** Works with the bug put in, then takes it out again. */
export async function withBug<T>(bug: Bug, work: () => Promise<T>): Promise<T> {
  const whole = Object.values(SEAMS).map((seam: object) => [seam, Object.getOwnPropertyDescriptors(seam)] as const);
  bug.seed(SEAMS);
  try {
    return await work();
  } finally {
    for (const [seam, properties] of whole) Object.defineProperties(seam, properties);
  }
}
