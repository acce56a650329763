import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Notice } from '../../domain/notice.ts';
import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { Entry, EntryChange, Offset, UserId } from '../../domain/types.ts';
import type { Advance, ViewHead } from './queue-view.port.ts';

/** What a view of one concert should hold: the changes applied to plain collections. Writes the steps that lead there. */
export class ReferenceView {
  readonly concertId = `concert-${randomUUID()}`;
  generation = newGeneration();
  foldVersion = 1;
  offset: Offset = 0;
  notice: Notice | undefined;
  readonly entries = new Map<UserId, Entry>();
  readonly disqualified = new Set<UserId>();

  constructor(changes: readonly EntryChange[] = []) {
    this.#apply(changes);
  }

  get head(): ViewHead {
    return { generation: this.generation, foldVersion: this.foldVersion, offset: this.offset };
  }

  /** The step that these changes make, taken at once. */
  step(...changes: readonly EntryChange[]): Advance {
    const from = this.offset;
    this.#apply(changes);
    return { ...this.#place(), from, changes, to: this.offset };
  }

  /** The step that posts this notice; without texts it removes the notice. */
  noticeStep(texts: Notice['texts'] = {}): Advance {
    this.notice = { offset: this.offset + 1, postedAt: 1_700_000_000_000, texts };
    return this.step();
  }

  /** The last step of a whole state: `changes` are those that are not staged yet. */
  completion(changes: readonly EntryChange[] = this.everything()): Omit<Advance, 'from'> {
    return { ...this.#place(), to: this.offset, changes };
  }

  everything(): EntryChange[] {
    return [
      ...this.entries.values(),
      ...[...this.disqualified].map((userId): EntryChange => ({ state: 'USER_DISQUALIFIED', userId })),
    ];
  }

  /** Users waiting, front first. */
  front(): UserId[] {
    const waiting = [...this.entries.values()].filter((entry) => entry.state === 'WAITING');
    return waiting.toSorted((one, other) => one.place - other.place).map((entry) => entry.userId);
  }

  attributes(): QueueAttributes {
    const many = (state: Entry['state']): number =>
      [...this.entries.values()].filter((entry) => entry.state === state).length;
    return {
      policy: {
        capacity: 2,
        admissionsPerMinute: 60,
        claimWindowSeconds: 30,
        activeWindowSeconds: 300,
        maximumWaiting: null,
        minimumBalance: null,
        opensAt: null,
        beforeOpening: 'reject',
        outcomeRetentionSeconds: 86_400,
      },
      paused: false,
      closed: false,
      configuredAt: 0,
      openedAt: 1_700_000_000_000,
      time: 1_700_000_000_000 + this.offset,
      admittedThrough: -1,
      draw: { nonce: 'aa', commitment: 'bb', seed: null },
      tokens: 60_000,
      tokensAt: 1_700_000_000_000,
      openingRules: [{ offset: 0, timestamp: 1_700_000_000_000, opensAt: null, registers: false }],
      purgedThrough: 1_600_000_000_000,
      recentAdmissions: [[1_700_000_000_000, 3]],
      counts: {
        registered: many('REGISTERED'),
        waiting: many('WAITING'),
        ready: many('READY'),
        active: many('ACTIVE'),
        kept: this.entries.size,
        disqualified: this.disqualified.size,
      },
      ...(this.notice && { notice: this.notice }),
    };
  }

  #place(): Pick<Advance, 'concertId' | 'generation' | 'foldVersion' | 'attributes'> {
    const { concertId, generation, foldVersion } = this;
    return { concertId, generation, foldVersion, attributes: this.attributes() };
  }

  #apply(changes: readonly EntryChange[]): void {
    this.offset += Math.max(1, changes.length);
    for (const change of changes) {
      if (change.state === 'USER_DISQUALIFIED') this.disqualified.add(change.userId);
      else if (change.state === 'USER_REINSTATED') this.disqualified.delete(change.userId);
      else if (change.state === 'PURGED') this.entries.delete(change.userId);
      else this.entries.set(change.userId, change);
    }
  }
}

export function newGeneration(): string {
  return `g-${randomUUID()}`;
}

export function waits(userId: UserId, place: number): Entry {
  return { state: 'WAITING', userId, entryId: `request of ${userId}`, offset: place, place };
}

export function isCalled(userId: UserId, place: number): Entry {
  return { ...waits(userId, place), state: 'READY', claimBy: 1_700_000_030_000 };
}

type Kind = (index: number, userId: UserId) => EntryChange;
const time = 1_700_000_000_000;
const kinds: readonly Kind[] = [
  (place, userId) => waits(userId, place),
  (offset, userId) => ({ ...waits(userId, offset), place: 1_000_000 - offset }),
  (place, userId) => ({ ...waits(userId, place), state: 'REGISTERED' }),
  (place, userId) => isCalled(userId, place),
  (place, userId) => ({ ...waits(userId, place), state: 'ACTIVE', activeUntil: time + place }),
  (place, userId) => ({ ...waits(userId, place), state: 'LEFT', endedAt: time + place }),
  (place, userId) => ({ ...waits(userId, place), state: 'REJECTED', reason: 'QUEUE_FULL', endedAt: time }),
  (_, userId) => ({ state: 'PURGED', userId }),
  (_, userId) => ({ state: 'USER_DISQUALIFIED', userId }),
  (_, userId) => ({ state: 'USER_REINSTATED', userId }),
];

/** Any changes of a handful of users, in steps of any size; no two users ever share a place. */
export const anySteps: fc.Arbitrary<readonly (readonly EntryChange[])[]> = fc
  .array(fc.array(fc.tuple(fc.nat(9), fc.constantFrom(...kinds)), { maxLength: 12 }), { maxLength: 8 })
  .map((steps) => {
    let index = 0;
    return steps.map((step) => step.map(([user, kind]) => kind(++index, `user-${user}`)));
  });
