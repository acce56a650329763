import { given, waitingUsers } from '../../domain/concert-queue.fixtures.ts';
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { QueueError } from '../errors.ts';
import { logThat, shown, viewThat } from '../ports/ports.fixtures.ts';
import type { EntryDocument } from '../queries/get-my-entry.query.ts';
import { EntrySubscriptions } from './entry-subscriptions.ts';

const concertId = 'spring-tour';

/** A view that a test moves along, and counts the looks at. */
export class Scene {
  readonly looks = { heads: 0, users: 0 };
  readonly complaints: string[] = [];
  away = false;
  /** More than the view shows, while it lags. */
  endOfLog = 0;
  #events: QueueEvent[] = [];
  #queue: ConcertQueue | undefined;
  readonly live: EntrySubscriptions;

  constructor(...events: QueueEvent[]) {
    if (events.length > 0) this.happens(...events);
    const answer = <T>(make: (queue: ConcertQueue) => T): Promise<T | undefined> =>
      this.away
        ? Promise.reject(new QueueError('PROJECTION_UNAVAILABLE', 'away'))
        : Promise.resolve(this.#queue && make(this.#queue));
    const view = viewThat({
      queue: () => {
        this.looks.heads += 1;
        return answer(shown);
      },
      entries: (_, userIds) => {
        this.looks.users += userIds.length;
        return answer((queue) =>
          userIds.map((userId) => {
            const rank = waitingUsers(queue).indexOf(userId);
            return { ...shown(queue), entry: queue.entryOf(userId), disqualified: false, ...(rank >= 0 && { rank }) };
          }),
        );
      },
      progress: () =>
        Promise.resolve({
          checkpoint: this.endOfLog - 1,
          concertOffset: this.#queue?.offset,
          writtenAt: 0,
          owner: 'test',
        }),
      deadLetter: () => Promise.resolve(undefined),
    });
    const log = logThat({ endOffset: () => Promise.resolve(this.endOfLog) });
    const say = (message: string) => void this.complaints.push(message);
    this.live = new EntrySubscriptions(log, view, { debug: say, info: say, warn: say, error: say }, 100);
  }

  happens(...events: QueueEvent[]): void {
    this.#events = [...this.#events, ...events];
    this.#queue = given(...this.#events);
    this.endOfLog = Math.max(this.endOfLog, this.#events.length);
  }

  /** The view is set back by so many events, or all of them; the log is not. */
  loses(count = this.#events.length): void {
    this.#events = this.#events.slice(0, -count);
    this.#queue = this.#events.length > 0 ? given(...this.#events) : undefined;
  }

  follow(userId: string, offset: number, since?: number) {
    const told: EntryDocument[] = [];
    const ended: string[] = [];
    const follower = {
      tell: (entry: EntryDocument) => void told.push(entry),
      end: (why: string) => void ended.push(why),
    };
    const leave = this.live.follow({ userId, concertId, partition: 0, offset }, since, follower);
    const states = () => told.map(({ state, position }) => (position === undefined ? state : `${state} ${position}`));
    return { told, ended, states, leave };
  }
}
