import { setImmediate as turn } from 'node:timers/promises';
import type {
  ActivateOutcome,
  Advance,
  AdvanceOutcome,
  Generation,
  PartitionCheckpoint,
  QueueViewWriter,
  ViewHead,
} from '../../../application/ports/queue-view.port.ts';
import type { QueueSnapshot } from '../../../domain/queue-snapshot.ts';
import type { ConcertId, EntryChange, LogTime, Offset } from '../../../domain/types.ts';
import type { MemoryView } from './memory-view.ts';

/** Writes the view in memory with the same compare-and-set rules as in Redis. Each call is atomic and first yields to the event loop. */
export class MemoryQueueViewWriter implements QueueViewWriter {
  /** @param owner the writer's name, for display in the checkpoint */
  constructor(
    private readonly view: MemoryView,
    private readonly owner: string,
  ) {}

  async heads(concertIds: readonly ConcertId[]): Promise<ReadonlyMap<ConcertId, ViewHead>> {
    await turn();
    const heads = new Map<ConcertId, ViewHead>();
    for (const concertId of concertIds) {
      const stored = this.view.concerts.get(concertId);
      if (stored) heads.set(concertId, stored.head);
    }
    return heads;
  }

  async reach(): Promise<void> {
    // Memory is always reachable.
  }

  async load(concertId: ConcertId): Promise<{ readonly head: ViewHead; readonly snapshot: QueueSnapshot } | undefined> {
    await turn();
    const stored = this.view.concerts.get(concertId);
    if (!stored?.collections.isWhole(stored.attributes)) return undefined;
    const { head, attributes, collections } = stored;
    const entries = [...collections.entries.values()];
    return {
      head,
      snapshot: { offset: head.offset, attributes, entries, disqualified: [...collections.disqualified] },
    };
  }

  async advance({
    concertId,
    generation,
    foldVersion,
    from,
    to,
    changes,
    attributes,
  }: Advance): Promise<AdvanceOutcome> {
    await turn();
    const stored = this.view.concerts.get(concertId);
    if (!stored) return { is: 'behind', head: undefined };
    const { head, collections } = stored;
    if (head.generation !== generation || head.foldVersion !== foldVersion) return { is: 'other', head };
    if (head.offset === to) return { is: 'already' };
    if (head.offset > from) return { is: 'ahead', head };
    if (head.offset < from || !collections.isWhole(stored.attributes)) return { is: 'behind', head };
    collections.apply(changes);
    stored.head = { generation, foldVersion, offset: to };
    stored.attributes = attributes;
    return { is: 'applied' };
  }

  async stage(concertId: ConcertId, generation: Generation, changes: readonly EntryChange[]): Promise<void> {
    await turn();
    if (this.view.concerts.get(concertId)?.head.generation === generation) return; // activated before this call arrived
    this.view.openStaged(this.owner, concertId, generation).apply(changes);
  }

  async activate(step: Omit<Advance, 'from'>, expected: ViewHead | undefined): Promise<ActivateOutcome> {
    await turn();
    const { concertId, generation, foldVersion, to, changes, attributes } = step;
    const head = this.view.concerts.get(concertId)?.head;
    const activated: ViewHead = { generation, foldVersion, offset: to };
    if (isSame(head, activated)) return { is: 'activated' };
    if (!isSame(head, expected) || head?.generation === generation) return { is: 'changed', head };
    const collections = this.view.openStaged(this.owner, concertId, generation);
    collections.apply(changes);
    this.view.unstage(this.owner, concertId, generation);
    if (!collections.isWhole(attributes)) return { is: 'incomplete' };
    this.view.concerts.set(concertId, { head: activated, attributes, collections });
    return { is: 'activated' };
  }

  async damaged(expected: ReadonlyMap<ConcertId, ViewHead>): Promise<readonly ConcertId[]> {
    await turn();
    const isAsExpected = ([concertId, head]: readonly [ConcertId, ViewHead]): boolean => {
      const stored = this.view.concerts.get(concertId);
      return stored?.collections.isWhole(stored.attributes) === true && isSame(stored.head, head);
    };
    return [...expected].filter((concert) => !isAsExpected(concert)).map(([concertId]) => concertId);
  }

  async partition(partition: number): Promise<PartitionCheckpoint | undefined> {
    await turn();
    const stored = this.view.partitions.get(partition);
    if (!stored) return undefined;
    const { pendingSkips: _, ...checkpoint } = stored.checkpoint;
    return { ...checkpoint, concerts: new Map(stored.concerts), deadLetters: new Map(stored.deadLetters) };
  }

  async advancePartition(
    partition: number,
    checkpoint: PartitionCheckpoint,
    after: Offset | 'whole',
  ): Promise<'applied' | 'ahead' | 'lost'> {
    await turn();
    const stored = this.view.partitions.get(partition);
    const { offset } = checkpoint;
    if (stored && stored.checkpoint.offset > offset) return 'ahead';
    const isConsecutive = stored && (stored.checkpoint.offset === after || stored.checkpoint.offset === offset);
    if (after !== 'whole' && !isConsecutive) return 'lost';
    const concerts = after === 'whole' || !stored ? new Map<ConcertId, Offset>() : stored.concerts;
    const deadLetters = after === 'whole' || !stored ? new Map<Offset, LogTime>() : stored.deadLetters;
    const pendingSkips = after === 'whole' || !stored ? new Map<Offset, LogTime>() : stored.pendingSkips;
    for (const [concertId, last] of checkpoint.concerts) concerts.set(concertId, last);
    for (const [skipped, timestamp] of checkpoint.deadLetters) deadLetters.set(skipped, timestamp);
    for (const [skipped, timestamp] of checkpoint.pendingSkips ?? []) pendingSkips.set(skipped, timestamp);
    this.view.partitions.set(partition, {
      checkpoint,
      concerts,
      deadLetters,
      pendingSkips,
      writtenAt: Date.now(),
      owner: this.owner,
    });
    return 'applied';
  }
}

function isSame(one: ViewHead | undefined, other: ViewHead | undefined): boolean {
  if (!one || !other) return one === other;
  const { generation, foldVersion, offset } = other;
  return one.generation === generation && one.foldVersion === foldVersion && one.offset === offset;
}
