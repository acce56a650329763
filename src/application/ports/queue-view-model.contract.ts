import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { QueueScalars } from '../../domain/queue-snapshot.ts';
import type { Change, Life, Offset, UserId } from '../../domain/types.ts';
import type { Advance, Head } from './queue-view.port.ts';

/** What a view of one concert should hold: the changes applied to plain collections. Writes the steps that lead there. */
export class ModelView {
  readonly concertId = `concert-${randomUUID()}`;
  generation = newGeneration();
  foldVersion = 1;
  offset: Offset = 0;
  readonly lives = new Map<UserId, Life>();
  readonly barred = new Set<UserId>();

  constructor(changes: readonly Change[] = []) {
    this.#apply(changes);
  }

  get head(): Head {
    return { generation: this.generation, foldVersion: this.foldVersion, offset: this.offset };
  }

  /** The step that these changes make, taken at once. */
  step(...changes: readonly Change[]): Advance {
    const from = this.offset;
    this.#apply(changes);
    return { ...this.#place(), from, changes, to: this.offset };
  }

  /** The last step of a whole state: `changes` are those that are not staged yet. */
  completion(changes: readonly Change[] = this.everything()): Omit<Advance, 'from'> {
    return { ...this.#place(), to: this.offset, changes };
  }

  everything(): Change[] {
    return [...this.lives.values(), ...[...this.barred].map((userId): Change => ({ state: 'BARRED', userId }))];
  }

  /** Users waiting, front first. */
  front(): UserId[] {
    const waiting = [...this.lives.values()].filter((life) => life.state === 'WAITING');
    return waiting.toSorted((one, other) => one.place - other.place).map((life) => life.userId);
  }

  scalars(): QueueScalars {
    const many = (state: Life['state']): number =>
      [...this.lives.values()].filter((life) => life.state === state).length;
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
      since: 0,
      openedAt: 1_700_000_000_000,
      time: 1_700_000_000_000 + this.offset,
      admittedThrough: -1,
      draw: { nonce: 'aa', commitment: 'bb', seed: null },
      credit: 60_000,
      creditAt: 1_700_000_000_000,
      redriven: [3, 70],
      recentAdmissions: [[1_700_000_000_000, 3]],
      counts: {
        registered: many('REGISTERED'),
        waiting: many('WAITING'),
        ready: many('READY'),
        active: many('ACTIVE'),
        kept: this.lives.size,
        barred: this.barred.size,
      },
    };
  }

  #place(): Pick<Advance, 'concertId' | 'generation' | 'foldVersion' | 'scalars'> {
    const { concertId, generation, foldVersion } = this;
    return { concertId, generation, foldVersion, scalars: this.scalars() };
  }

  #apply(changes: readonly Change[]): void {
    this.offset += Math.max(1, changes.length);
    for (const change of changes) {
      if (change.state === 'BARRED') this.barred.add(change.userId);
      else if (change.state === 'UNBARRED') this.barred.delete(change.userId);
      else if (change.state === 'FORGOTTEN') this.lives.delete(change.userId);
      else this.lives.set(change.userId, change);
    }
  }
}

export function newGeneration(): string {
  return `g-${randomUUID()}`;
}

export function waits(userId: UserId, place: number): Life {
  return { state: 'WAITING', userId, entryId: `request of ${userId}`, offset: place, place };
}

export function isCalled(userId: UserId, place: number): Life {
  return { ...waits(userId, place), state: 'READY', claimBy: 1_700_000_030_000 };
}

type Kind = (index: number, userId: UserId) => Change;
const time = 1_700_000_000_000;
const kinds: readonly Kind[] = [
  (place, userId) => waits(userId, place),
  (offset, userId) => ({ ...waits(userId, offset), place: 1_000_000 - offset }),
  (place, userId) => ({ ...waits(userId, place), state: 'REGISTERED' }),
  (place, userId) => isCalled(userId, place),
  (place, userId) => ({ ...waits(userId, place), state: 'ACTIVE', activeUntil: time + place }),
  (place, userId) => ({ ...waits(userId, place), state: 'LEFT', endedAt: time + place }),
  (place, userId) => ({ ...waits(userId, place), state: 'REJECTED', because: 'QUEUE_FULL', endedAt: time }),
  (_, userId) => ({ state: 'FORGOTTEN', userId }),
  (_, userId) => ({ state: 'BARRED', userId }),
  (_, userId) => ({ state: 'UNBARRED', userId }),
];

/** Any changes of a handful of users, in steps of any size; no two users ever share a place. */
export const anySteps: fc.Arbitrary<readonly (readonly Change[])[]> = fc
  .array(fc.array(fc.tuple(fc.nat(9), fc.constantFrom(...kinds)), { maxLength: 12 }), { maxLength: 8 })
  .map((steps) => {
    let index = 0;
    return steps.map((step) => step.map(([user, kind]) => kind(++index, `user-${user}`)));
  });
