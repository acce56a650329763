import { given, waitingUsers } from '../../domain/concert-queue.fixtures.ts';
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { QueueError } from '../errors.ts';
import { logThat, shown, viewThat } from '../ports/ports.fixtures.ts';
import type { EntryDocument } from '../queries/get-my-entry.query.ts';
import type { QueueStatusDocument } from '../queries/queue-document.ts';
import { EntrySubscriptions } from './entry-subscriptions.ts';

const concertId = 'spring-tour';

/** A view that the test advances; counts the reads. */
export class SubscriptionFixture {
  readonly reads = { heads: 0, users: 0 };
  readonly logged: string[] = [];
  unavailable = false;
  /** Beyond the view while the view lags. */
  endOfLog = 0;
  #events: QueueEvent[] = [];
  #queue: ConcertQueue | undefined;
  readonly subscriptions: EntrySubscriptions;

  constructor(...events: QueueEvent[]) {
    if (events.length > 0) this.happens(...events);
    const answer = <T>(make: (queue: ConcertQueue) => T): Promise<T | undefined> =>
      this.unavailable
        ? Promise.reject(new QueueError('PROJECTION_UNAVAILABLE', 'away'))
        : Promise.resolve(this.#queue && make(this.#queue));
    const view = viewThat({
      queue: () => {
        this.reads.heads += 1;
        return answer(shown);
      },
      entries: (_, userIds) => {
        this.reads.users += userIds.length;
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
    const record = (message: string) => void this.logged.push(message);
    this.subscriptions = new EntrySubscriptions(
      log,
      view,
      { debug: record, info: record, warn: record, error: record },
      100,
    );
  }

  happens(...events: QueueEvent[]): void {
    this.#events = [...this.#events, ...events];
    this.#queue = given(...this.#events);
    this.endOfLog = Math.max(this.endOfLog, this.#events.length);
  }

  /** Sets the view back by so many events, not the log. */
  loses(count = this.#events.length): void {
    this.#events = this.#events.slice(0, -count);
    this.#queue = this.#events.length > 0 ? given(...this.#events) : undefined;
  }

  subscribe(userId: string, offset: number, since?: number) {
    const received: EntryDocument[] = [];
    const queues: QueueStatusDocument[] = [];
    const ended: string[] = [];
    const subscriber = {
      send: (entry: EntryDocument) => void received.push(entry),
      sendQueue: (queue: QueueStatusDocument) => void queues.push(queue),
      end: (why: string) => void ended.push(why),
    };
    const unsubscribe = this.subscriptions.subscribe({ userId, concertId, partition: 0, offset }, since, subscriber);
    const states = () =>
      received.map(({ state, position }) => (position === undefined ? state : `${state} ${position}`));
    return { received, queues, ended, states, unsubscribe };
  }
}
