import { setImmediate as turn } from 'node:timers/promises';
import type {
  Advance,
  AdvanceOutcome,
  EntryView,
  FlipOutcome,
  Generation,
  Head,
  PartitionProgress,
  PartitionRecord,
  QueueViewReader,
  QueueViewWriter,
} from '../../../src/application/ports/queue-view.port.ts';
import type { QueueScalars, QueueSnapshot } from '../../../src/domain/queue-snapshot.ts';
import type { Change, Life } from '../../../src/domain/vocabulary.ts';

class Collections {
  readonly lives = new Map<string, Life>();
  /** Users who wait, by place. */
  readonly waiting = new Map<string, number>();
  readonly barred = new Set<string>();

  apply(changes: readonly Change[]): this {
    for (const change of changes) {
      const { userId } = change;
      if (change.state === 'BARRED') this.barred.add(userId);
      else if (change.state === 'UNBARRED') this.barred.delete(userId);
      else {
        this.waiting.delete(userId);
        if (change.state === 'FORGOTTEN') this.lives.delete(userId);
        else this.lives.set(userId, change);
        if (change.state === 'WAITING') this.waiting.set(userId, change.place);
      }
    }
    return this;
  }

  line(): string[] {
    return [...this.waiting].toSorted(([, a], [, b]) => a - b).map(([userId]) => userId);
  }

  isWhole({ counts }: QueueScalars): boolean {
    const { lives, waiting, barred } = this;
    return lives.size === counts.kept && waiting.size === counts.waiting && barred.size === counts.barred;
  }
}

interface Current extends Collections {
  head: Head;
  scalars: QueueScalars;
}

/** The view as Maps, under the same compare-and-set as in Redis. */
export class MemoryQueueView implements QueueViewWriter, QueueViewReader {
  readonly #current = new Map<string, Current>();
  readonly #staged = new Map<Generation, Collections>();
  readonly #partitions = new Map<number, PartitionRecord>();

  async heads(concertIds: readonly string[]): Promise<ReadonlyMap<string, Head>> {
    await turn();
    const stored = [...this.#current].filter(([concertId]) => concertIds.includes(concertId));
    return new Map(stored.map(([concertId, { head }]) => [concertId, head]));
  }

  async load(concertId: string): Promise<{ head: Head; snapshot: QueueSnapshot } | undefined> {
    await turn();
    const stored = this.#current.get(concertId);
    if (!stored?.isWhole(stored.scalars)) return undefined;
    const { head, scalars, lives, barred } = stored;
    return { head, snapshot: { offset: head.offset, scalars, lives: [...lives.values()], barred: [...barred] } };
  }

  async advance({ concertId, generation, foldVersion, from, to, changes, scalars }: Advance): Promise<AdvanceOutcome> {
    await turn();
    const stored = this.#current.get(concertId);
    if (!stored) return { is: 'behind', head: undefined };
    const { head } = stored;
    if (head.generation !== generation || head.foldVersion !== foldVersion) return { is: 'other', head };
    if (head.offset === to) return { is: 'already' };
    if (head.offset > from) return { is: 'ahead', head };
    if (head.offset < from || !stored.isWhole(stored.scalars)) return { is: 'behind', head };
    stored.apply(changes);
    stored.head = { generation, foldVersion, offset: to };
    stored.scalars = scalars;
    return { is: 'applied' };
  }

  async stage(_concertId: string, generation: Generation, changes: readonly Change[]): Promise<void> {
    await turn();
    this.#staged.set(generation, (this.#staged.get(generation) ?? new Collections()).apply(changes));
  }

  async flip(step: Omit<Advance, 'from'>, expected: Head | undefined): Promise<FlipOutcome> {
    await turn();
    const { concertId, generation, foldVersion, to, changes, scalars } = step;
    const head = this.#current.get(concertId)?.head;
    if (JSON.stringify(head) !== JSON.stringify(expected)) return { is: 'changed', head };
    const staged = (this.#staged.get(generation) ?? new Collections()).apply(changes);
    this.#staged.delete(generation);
    if (!staged.isWhole(scalars)) return { is: 'incomplete' };
    this.#current.set(concertId, Object.assign(staged, { head: { generation, foldVersion, offset: to }, scalars }));
    return { is: 'flipped' };
  }

  async damaged(expected: ReadonlyMap<string, Head>): Promise<readonly string[]> {
    await turn();
    const isAsExpected = ([concertId, head]: [string, Head]): boolean => {
      const stored = this.#current.get(concertId);
      return stored?.isWhole(stored.scalars) === true && JSON.stringify(stored.head) === JSON.stringify(head);
    };
    return [...expected].filter((one) => !isAsExpected(one)).map(([concertId]) => concertId);
  }

  async partition(partition: number): Promise<PartitionRecord | undefined> {
    await turn();
    return this.#partitions.get(partition);
  }

  async advancePartition(
    partition: number,
    record: PartitionRecord,
    after: number | 'whole',
  ): Promise<'applied' | 'ahead' | 'lost'> {
    await turn();
    const stored = this.#partitions.get(partition);
    if (stored && stored.checkpoint > record.checkpoint) return 'ahead';
    if (after !== 'whole' && stored?.checkpoint !== after && stored?.checkpoint !== record.checkpoint) return 'lost';
    const before = after === 'whole' ? undefined : stored;
    const concerts = new Map([...(before?.concerts ?? []), ...record.concerts]);
    const deadLetters = new Map([...(before?.deadLetters ?? []), ...record.deadLetters]);
    this.#partitions.set(partition, { ...record, concerts, deadLetters });
    return 'applied';
  }

  async queue(concertId: string): Promise<{ head: Head; scalars: QueueScalars } | undefined> {
    await turn();
    const stored = this.#current.get(concertId);
    return stored && { head: stored.head, scalars: stored.scalars };
  }

  async entry(concertId: string, userId: string): Promise<EntryView | undefined> {
    return (await this.entries(concertId, [userId]))?.[0];
  }

  async entries(concertId: string, userIds: readonly string[]): Promise<readonly EntryView[] | undefined> {
    await turn();
    const stored = this.#current.get(concertId);
    if (!stored) return undefined;
    const { head, scalars, lives, barred } = stored;
    const line = stored.line();
    return userIds.map((userId) => {
      const rank = line.indexOf(userId);
      return { head, scalars, life: lives.get(userId), barred: barred.has(userId), ...(rank >= 0 && { rank }) };
    });
  }

  async progress(partition: number, concertId: string): Promise<PartitionProgress | undefined> {
    await turn();
    const stored = this.#partitions.get(partition);
    if (!stored) return undefined;
    const { checkpoint, concerts } = stored;
    return { checkpoint, concertOffset: concerts.get(concertId), writtenAt: Date.now(), owner: 'here' };
  }

  async deadLetter(partition: number, offset: number): Promise<number | undefined> {
    await turn();
    return this.#partitions.get(partition)?.deadLetters.get(offset);
  }

  async concerts(partition: number): Promise<readonly string[] | undefined> {
    await turn();
    const stored = this.#partitions.get(partition);
    return stored && [...stored.concerts.keys()].toSorted();
  }

  async ping(): Promise<void> {
    await turn();
  }

  /** Users who wait, front first, as positions are counted. */
  line(concertId: string): readonly string[] {
    return this.#current.get(concertId)?.line() ?? [];
  }
}
