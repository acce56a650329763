import { setTimeout as pause } from 'node:timers/promises';
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import type { ConcertId, Offset, UserId } from '../../domain/types.ts';
import type { QueueViewInspector, ViewCursor, ViewPart } from '../ports/queue-view-inspector.port.ts';
import type { Difference } from '../projection/difference.ts';
import { comparePart } from './compare-view.ts';
import type { PartitionFold } from './partition-fold.ts';

/** Attempts to read a view that is replaced while it is read. */
const MOST_BEGINNINGS = 5;
const POLL_MS = 100;

export interface ConcertVerdict {
  readonly concertId: ConcertId;
  /** Offset up to which view and log agree, or at which they differ; -1 without a view. */
  readonly offset: Offset;
  /** Number of compared entries. */
  readonly entries: number;
  readonly difference?: Difference;
}

/**
 * Compares the stored view of a concert part by part, each with a fold of the log at the part's own offset, so the view may be
 * written meanwhile. Waits for a view that is missing or behind the fold: its owner may be repairing it.
 *
 * @param timeoutMs for one part
 */
export async function verifyConcert(
  view: QueueViewInspector,
  fold: PartitionFold,
  concertId: ConcertId,
  timeoutMs: number,
): Promise<ConcertVerdict> {
  for (let beginning = 0; beginning < MOST_BEGINNINGS; beginning++) {
    const verdict = await verifyGeneration(view, fold, concertId, timeoutMs);
    if (verdict !== 'replaced') return verdict;
  }
  throw new Error(`The view of ${concertId} was replaced whenever it was read.`);
}

async function verifyGeneration(
  view: QueueViewInspector,
  fold: PartitionFold,
  concertId: ConcertId,
  timeoutMs: number,
): Promise<ConcertVerdict | 'replaced'> {
  let entries = 0;
  let offset: Offset = -1;
  let cursor: ViewCursor | undefined;
  do {
    const part = await partAtFold(view, fold, concertId, cursor, timeoutMs);
    if (part === 'replaced') return part;
    const queue = fold.queues.get(concertId);
    if (part === 'missing') {
      const folded = queue && { offset: queue.offset };
      return { concertId, offset: -1, entries, difference: { field: 'head', stored: undefined, folded } };
    }
    ({ offset } = part.head);
    entries += part.entries.size;
    const found = difference(part, queue);
    const missing = found?.field === 'sizes.entries' && queue ? await lostEntry(view, concertId, queue) : undefined;
    if (found) return { concertId, offset, entries, difference: missing ?? found };
    cursor = part.next;
  } while (cursor);
  return { concertId, offset, entries };
}

function difference(part: ViewPart, queue: ConcertQueue | undefined): Difference | undefined {
  return queue ? comparePart(part, queue) : { field: 'head', stored: part.head, folded: undefined };
}

/** A part at whose offset the fold is. */
async function partAtFold(
  view: QueueViewInspector,
  fold: PartitionFold,
  concertId: ConcertId,
  cursor: ViewCursor | undefined,
  timeoutMs: number,
): Promise<ViewPart | 'missing' | 'replaced'> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const part = await view.part(concertId, cursor);
    if (part === 'replaced') return part;
    if (part !== 'missing' && part.head.offset > fold.foldedTo) {
      // A head beyond the log is found when it is compared.
      const end = await fold.history.end();
      await fold.to(Math.min(part.head.offset, end - 1));
    }
    const isBehind = part === 'missing' || part.head.offset < (fold.queues.get(concertId)?.offset ?? -1);
    if (!isBehind || performance.now() > deadline) return part;
    await pause(POLL_MS);
  }
}

/** An example of a user whom the view has lost. */
async function lostEntry(
  view: QueueViewInspector,
  concertId: ConcertId,
  queue: ConcertQueue,
): Promise<Difference | undefined> {
  const stored = new Set<UserId>();
  let cursor: ViewCursor | undefined;
  do {
    const part = await view.part(concertId, cursor);
    if (typeof part === 'string') return undefined;
    for (const userId of part.entries.keys()) stored.add(userId);
    cursor = part.next;
  } while (cursor?.collection === 'entries');
  for (const entry of queue.save().entries) {
    if (!stored.has(entry.userId)) return { field: `lives.${entry.userId}`, stored: undefined, folded: entry };
  }
  return undefined;
}
