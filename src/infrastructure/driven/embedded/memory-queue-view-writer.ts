import { setImmediate as turn } from 'node:timers/promises';
import type {
  Advance,
  AdvanceOutcome,
  FlipOutcome,
  Generation,
  Head,
  PartitionRecord,
  QueueViewWriter,
} from '../../../application/ports/queue-view.port.ts';
import type { QueueSnapshot } from '../../../domain/queue-snapshot.ts';
import type { Change, ConcertId, LogTime, Offset } from '../../../domain/types.ts';
import type { MemoryView } from './memory-view.ts';

/**
 * Writes the view in memory under the same compare-and-set as any other. Each call is one step that nobody sees half of; between
 * calls others get their turn.
 */
export class MemoryQueueViewWriter implements QueueViewWriter {
  /** @param owner the writer's name, for display in the partition's record */
  constructor(
    private readonly view: MemoryView,
    private readonly owner: string,
  ) {}

  async heads(concertIds: readonly ConcertId[]): Promise<ReadonlyMap<ConcertId, Head>> {
    await turn();
    const heads = new Map<ConcertId, Head>();
    for (const concertId of concertIds) {
      const stored = this.view.concerts.get(concertId);
      if (stored) heads.set(concertId, stored.head);
    }
    return heads;
  }

  async reach(): Promise<void> {
    // What is in this process's memory answers.
  }

  async load(concertId: ConcertId): Promise<{ readonly head: Head; readonly snapshot: QueueSnapshot } | undefined> {
    await turn();
    const stored = this.view.concerts.get(concertId);
    if (!stored?.collections.isWhole(stored.scalars)) return undefined;
    const { head, scalars, collections } = stored;
    const lives = [...collections.lives.values()];
    return { head, snapshot: { offset: head.offset, scalars, lives, barred: [...collections.barred] } };
  }

  async advance({ concertId, generation, foldVersion, from, to, changes, scalars }: Advance): Promise<AdvanceOutcome> {
    await turn();
    const stored = this.view.concerts.get(concertId);
    if (!stored) return { is: 'behind', head: undefined };
    const { head, collections } = stored;
    if (head.generation !== generation || head.foldVersion !== foldVersion) return { is: 'other', head };
    if (head.offset === to) return { is: 'already' };
    if (head.offset > from) return { is: 'ahead', head };
    if (head.offset < from || !collections.isWhole(stored.scalars)) return { is: 'behind', head };
    collections.apply(changes);
    stored.head = { generation, foldVersion, offset: to };
    stored.scalars = scalars;
    return { is: 'applied' };
  }

  async stage(concertId: ConcertId, generation: Generation, changes: readonly Change[]): Promise<void> {
    await turn();
    if (this.view.concerts.get(concertId)?.head.generation === generation) return; // a call that came late
    this.view.staging(this.owner, concertId, generation).apply(changes);
  }

  async flip(step: Omit<Advance, 'from'>, expected: Head | undefined): Promise<FlipOutcome> {
    await turn();
    const { concertId, generation, foldVersion, to, changes, scalars } = step;
    const head = this.view.concerts.get(concertId)?.head;
    const wanted: Head = { generation, foldVersion, offset: to };
    if (isSame(head, wanted)) return { is: 'flipped' };
    if (!isSame(head, expected) || head?.generation === generation) return { is: 'changed', head };
    const collections = this.view.staging(this.owner, concertId, generation);
    collections.apply(changes);
    this.view.unstage(this.owner, concertId, generation);
    if (!collections.isWhole(scalars)) return { is: 'incomplete' };
    this.view.concerts.set(concertId, { head: wanted, scalars, collections });
    return { is: 'flipped' };
  }

  async damaged(expected: ReadonlyMap<ConcertId, Head>): Promise<readonly ConcertId[]> {
    await turn();
    const isAsExpected = ([concertId, head]: readonly [ConcertId, Head]): boolean => {
      const stored = this.view.concerts.get(concertId);
      return stored?.collections.isWhole(stored.scalars) === true && isSame(stored.head, head);
    };
    return [...expected].filter((one) => !isAsExpected(one)).map(([concertId]) => concertId);
  }

  async partition(partition: number): Promise<PartitionRecord | undefined> {
    await turn();
    const stored = this.view.partitions.get(partition);
    if (!stored) return undefined;
    const { announced: _, ...record } = stored.record;
    return { ...record, concerts: new Map(stored.concerts), deadLetters: new Map(stored.deadLetters) };
  }

  async advancePartition(
    partition: number,
    record: PartitionRecord,
    after: Offset | 'whole',
  ): Promise<'applied' | 'ahead' | 'lost'> {
    await turn();
    const stored = this.view.partitions.get(partition);
    const { checkpoint } = record;
    if (stored && stored.record.checkpoint > checkpoint) return 'ahead';
    const leadsOn = stored && (stored.record.checkpoint === after || stored.record.checkpoint === checkpoint);
    if (after !== 'whole' && !leadsOn) return 'lost';
    const concerts = after === 'whole' || !stored ? new Map<ConcertId, Offset>() : stored.concerts;
    const deadLetters = after === 'whole' || !stored ? new Map<Offset, LogTime>() : stored.deadLetters;
    const announced = after === 'whole' || !stored ? new Map<Offset, LogTime>() : stored.announced;
    for (const [concertId, offset] of record.concerts) concerts.set(concertId, offset);
    for (const [offset, stamp] of record.deadLetters) deadLetters.set(offset, stamp);
    for (const [offset, stamp] of record.announced ?? []) announced.set(offset, stamp);
    const written = { record, concerts, deadLetters, announced, writtenAt: Date.now(), owner: this.owner };
    this.view.partitions.set(partition, written);
    return 'applied';
  }
}

function isSame(one: Head | undefined, other: Head | undefined): boolean {
  if (!one || !other) return one === other;
  const { generation, foldVersion, offset } = other;
  return one.generation === generation && one.foldVersion === foldVersion && one.offset === offset;
}
