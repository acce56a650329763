import { expect } from '@jest/globals';
import type { ConcertId, Offset, UserId } from '../../domain/types.ts';
import type { Generation, QueueViewReader, QueueViewWriter, ViewHead } from './queue-view.port.ts';
import { ReferenceView, waits } from './queue-view-model.contract.ts';

/** One view, seen from all sides. */
export interface QueueViewUnderTest {
  readonly writer: QueueViewWriter;
  /** Another process's writer on the same view. */
  readonly other: QueueViewWriter;
  readonly reader: QueueViewReader;
  readonly damage: ViewDamage;
  /** Seconds until what is stored of this generation vanishes by itself; Infinity: it stays; 0: nothing is stored. */
  remains(concertId: ConcertId, generation: Generation): Promise<number>;
  close(): Promise<void>;
}

/** Takes away from a view what a failing server or a careless hand might. */
export interface ViewDamage {
  loseHead(concertId: ConcertId): Promise<void>;
  loseEntries(concertId: ConcertId, generation: Generation): Promise<void>;
  loseEntry(concertId: ConcertId, generation: Generation, userId: UserId): Promise<void>;
  loseWaiting(concertId: ConcertId, generation: Generation, userId: UserId): Promise<void>;
  /** The head says an earlier offset, as after a restart from an older file. */
  rollBack(concertId: ConcertId, offset: Offset): Promise<void>;
  losePartition(partition: number): Promise<void>;
}

/** A view under test, and what its tests say of it. */
export class ViewBed {
  #view: QueueViewUnderTest | undefined;

  async open(makeAdapters: () => Promise<QueueViewUnderTest>): Promise<void> {
    this.#view = await makeAdapters();
  }

  get view(): QueueViewUnderTest {
    if (!this.#view) throw new Error('the view is not open');
    return this.#view;
  }

  /** A view with two waiting users and one disqualified user. */
  async given(): Promise<ReferenceView> {
    const model = new ReferenceView([
      waits('ann', 1),
      waits('bo', 2),
      { state: 'USER_DISQUALIFIED', userId: 'mallory' },
    ]);
    await expect(this.view.writer.activate(model.completion(), undefined)).resolves.toEqual({ is: 'activated' });
    return model;
  }

  async headOf(model: ReferenceView): Promise<ViewHead | undefined> {
    const heads = await this.view.writer.heads([model.concertId]);
    return heads.get(model.concertId);
  }

  check(model: ReferenceView): Promise<readonly ConcertId[]> {
    return this.view.writer.damaged(new Map([[model.concertId, model.head]]));
  }

  async expectToHold(model: ReferenceView): Promise<void> {
    const loaded = await this.view.writer.load(model.concertId);
    expect(loaded?.head).toEqual(model.head);
    expect(loaded?.snapshot.attributes).toEqual(model.attributes());
    expect(loaded?.snapshot.offset).toBe(model.offset);
    expect(new Map([...(loaded?.snapshot.entries ?? [])].map((entry) => [entry.userId, entry]))).toEqual(model.entries);
    expect(new Set(loaded?.snapshot.disqualified)).toEqual(model.disqualified);
    expect(await this.check(model)).toEqual([]);
  }
}
