import { createHash } from 'node:crypto';
import TinyQueue from 'tinyqueue';
import type { DrawState } from '../../domain/queue-snapshot.ts';
import { type Entry, type EntryChange, FULL_REFRESH, isLive, type Offset, type UserId } from '../../domain/types.ts';
import type { Folded } from './fold-concert.ts';

interface InQueue {
  readonly userId: UserId;
  readonly offset: Offset;
  readonly place: Offset;
  readonly state: 'REGISTERED' | 'WAITING' | 'READY' | 'ACTIVE';
}

/** A violation of a promise by an event. */
export interface Violation {
  readonly kind: 'inversion' | 'capacity' | 'double life';
  /** Of the event. */
  readonly offset: Offset;
  readonly message: string;
}

export interface DrawCheck {
  readonly commitment: string;
  readonly seed: string | null;
  readonly registered: number;
  /** Whether the seed matches the commitment. */
  readonly isCommitted: boolean;
  /** Whether the order follows from the seed and the registered entries. */
  readonly isOrdered: boolean;
}

/**
 * Checks the promises of a queue by independent bookkeeping of its changes: no entry is called while one with a smaller place
 * waits, no event raises READY + ACTIVE above the capacity, and no user has two live entries.
 */
export class AuditChecks {
  readonly breaches: Violation[] = [];
  draw: DrawCheck | undefined;
  readonly #inQueue = new Map<UserId, InQueue>();
  /** Waiting entries, the smallest place first; one that no longer waits is removed when it is reached. */
  readonly #line = new TinyQueue<InQueue>([], (a, b) => a.place - b.place);
  #called = 0;

  note({ at: { offset }, effect, queue }: Folded): void {
    const before = this.#called;
    const calls: InQueue[] = [];
    if (effect === FULL_REFRESH) {
      this.#noteDraw(queue.draw, [...queue.waitingEntries()]);
      return;
    }
    for (const change of effect) {
      const entry = this.#noteChange(change, offset);
      if (entry?.state === 'READY') calls.push(entry);
    }
    const { capacity } = queue.policy;
    if (this.#called > capacity && this.#called > before) {
      this.#breach('capacity', offset, `${this.#called} are READY or ACTIVE, the capacity is ${capacity}`);
    }
    this.#noteCalls(calls, offset);
  }

  #noteChange(change: EntryChange, offset: Offset): InQueue | undefined {
    if (!('place' in change)) return undefined;
    const before = this.#inQueue.get(change.userId);
    if (before && (before.state === 'READY' || before.state === 'ACTIVE')) this.#called -= 1;
    if (before && before.offset !== change.offset) {
      this.#breach('double life', offset, `receipt ${change.offset} beside the live ${before.offset} of the same user`);
    }
    this.#inQueue.delete(change.userId);
    if (!isLive(change)) return undefined;
    const { userId, offset: receipt, place, state } = change;
    const entry: InQueue = { userId, offset: receipt, place, state };
    this.#inQueue.set(userId, entry);
    if (state === 'READY' || state === 'ACTIVE') this.#called += 1;
    if (state === 'WAITING') this.#line.push(entry);
    return entry;
  }

  #noteCalls(calls: readonly InQueue[], offset: Offset): void {
    if (calls.length === 0) return;
    const front = this.#front()?.place ?? Number.POSITIVE_INFINITY;
    let last = -1;
    for (const { place } of calls) {
      if (place < last) this.#breach('inversion', offset, `place ${place} was called after place ${last}`);
      if (place > front) this.#breach('inversion', offset, `place ${place} was called while place ${front} waited`);
      last = Math.max(last, place);
    }
  }

  #front(): InQueue | undefined {
    for (let entry = this.#line.peek(); entry; entry = this.#line.peek()) {
      if (this.#inQueue.get(entry.userId) === entry) return entry;
      this.#line.pop();
    }
    return undefined;
  }

  /** Recomputes the draw independently: tickets are sorted as text, and places are assigned in order. */
  #noteDraw(draw: DrawState | null, line: readonly Entry[]): void {
    if (!draw?.seed) return;
    const { commitment, seed } = draw;
    const key = Buffer.from(seed, 'hex');
    const registered = [...this.#inQueue.values()].filter(({ state }) => state === 'REGISTERED');
    const order = registered
      .map((entry) => ({ entry, ticket: sha256(Buffer.concat([key, bigEndian(entry.offset)])) }))
      .toSorted((a, b) => (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : a.entry.offset - b.entry.offset));
    const places = registered.map(({ offset }) => offset).toSorted((a, b) => a - b);
    // Later entries come behind the drawn.
    const receipts = new Set(registered.map(({ offset }) => offset));
    const drawnLine = line.filter(({ offset }) => receipts.has(offset));
    const isOrdered = order.every(({ entry }, index) => {
      const stands = drawnLine[index];
      return stands?.offset === entry.offset && stands.place === places[index];
    });
    this.draw = { commitment, seed, registered: registered.length, isCommitted: sha256(key) === commitment, isOrdered };
    for (const [index, { entry }] of order.entries()) {
      const waiting: InQueue = { ...entry, state: 'WAITING', place: places[index] ?? entry.place };
      this.#inQueue.set(entry.userId, waiting);
      this.#line.push(waiting);
    }
  }

  #breach(kind: Violation['kind'], offset: Offset, message: string): void {
    this.breaches.push({ kind, offset, message });
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bigEndian(offset: Offset): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(offset));
  return bytes;
}
