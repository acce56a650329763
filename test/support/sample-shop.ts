/** A shop that requests entry through the outbox, in the transaction that changes its own tables. */

import type { ConcertQueue } from '../../src/domain/concert-queue.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { foldEvent } from '../../src/domain/fold-event.ts';
import { isLive } from '../../src/domain/types.ts';
import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import type { LoggedEvent } from './fold.ts';

interface Row {
  readonly id: string;
  readonly concert_id: string;
  readonly user_id: string;
  readonly entry_id: string;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: number | null;
}

export class SampleShop {
  readonly database: TestDatabase;

  private constructor(database: TestDatabase) {
    this.database = database;
  }

  static async open(database: TestDatabase): Promise<SampleShop> {
    await database.rows('create table if not exists wish (user_id text)');
    return new SampleShop(database);
  }

  /** One transaction per user; `undone`: the transaction is rolled back. */
  async wish(concertId: string, userId: string, undone = false): Promise<void> {
    const client = await this.database.pool.connect();
    try {
      await client.query('begin');
      await client.query('insert into wish values ($1)', [userId]);
      await client.query('select concert_queue.request_entry($1, $2)', [concertId, userId]);
      await client.query(undone ? 'rollback' : 'commit');
      client.release();
    } catch (error) {
      client.release(true); // the outcome of the transaction is in the table
      throw error;
    }
  }

  /** Many users in one transaction, each in one of the concerts. */
  async wishMany(concerts: readonly string[], name: string, count: number): Promise<void> {
    await this.database.rows(
      `with wished as (
         insert into wish select $2 || '-' || n from generate_series(1, $3::int) n returning user_id
       ) select count(concert_queue.request_entry(($1::text[])[1 + (row_number - 1) % cardinality($1::text[])], user_id))
         from (select user_id, row_number() over () from wished) w`,
      [concerts, name, count],
    );
  }

  rows(): Promise<readonly Row[]> {
    return this.database.rows<Row>(
      'select id, concert_id, user_id, entry_id, topic, partition, "offset"::float8 from concert_queue.outbox order by id',
    );
  }

  async backlog(): Promise<number> {
    const [row] = await this.database.rows<{ n: number }>(
      'select count(*)::int as n from concert_queue.outbox where published_at is null',
    );
    return row?.n ?? -1;
  }

  allPublished(withinMs = 30_000): Promise<true> {
    return eventually(
      async () => {
        const backlog = await this.backlog();
        if (backlog > 0) throw new Error(`${backlog} rows are not published`);
        return true as const;
      },
      { within: withinMs, every: 50 },
    );
  }

  /** Until the returned function is called, the relay publishes rows but cannot mark them. */
  async holdMarks(): Promise<() => Promise<void>> {
    const client = await this.database.pool.connect();
    client.on('error', () => undefined); // a test may kill the server meanwhile
    await client.query('begin');
    await client.query('lock table concert_queue.outbox in share mode');
    return async () => {
      await client.query('commit').catch(() => undefined); // a killed server holds no lock
      client.release(true);
    };
  }
}

export interface OutboxResult {
  /** Committed rows without exactly one effect, or whose receipt is not that of their event. */
  readonly wrong: readonly string[];
  /** Users in the log without a row for which `direct` is false. */
  readonly unknown: readonly string[];
  /** The user of each publication beyond the first of a row. */
  readonly repeats: readonly string[];
}

/**
 * Compares the rows of an outbox with the folded log. Each row takes effect once, or not at all when its user has a place
 * already. Its receipt is that of its event. No other user is in the log.
 */
export function fateOf(
  rows: readonly Row[],
  events: readonly LoggedEvent[],
  direct: (userId: string) => boolean = () => false,
): OutboxResult {
  const effects = new Map<string, number>();
  const published = new Map<string, number>();
  const at = new Map<string, QueueEvent>();
  const queues = new Map<string, ConcertQueue>();
  const users = new Set<string>();
  for (const { event, record } of events) {
    at.set(`${record.partition}/${record.offset}`, event);
    const before = 'userId' in event ? queues.get(event.concertId)?.entryOf(event.userId) : undefined;
    foldEvent(queues, event, record);
    if (event.type !== 'QueueEntryRequested') continue;
    users.add(event.userId);
    const after = queues.get(event.concertId)?.entryOf(event.userId);
    published.set(event.entryId, (published.get(event.entryId) ?? 0) + 1);
    // A request that meets a live entry is merged into it: that is its effect.
    const counts = after !== before || (before !== undefined && isLive(before) && before.entryId !== event.entryId);
    if (counts && !effects.has(event.entryId)) effects.set(event.entryId, 1);
    else if (after !== before) effects.set(event.entryId, 2);
  }
  const wrong = rows.flatMap(({ id, user_id, concert_id, entry_id, partition, offset }) => {
    const event = at.get(`${partition}/${offset}`);
    const receiptIsOwn =
      event?.type === 'QueueEntryRequested' && event.entryId === entry_id && event.userId === user_id;
    const took = effects.get(entry_id) ?? 0;
    return took === 1 && receiptIsOwn && event.concertId === concert_id
      ? []
      : [`row ${id} of ${user_id}: ${took} effects`];
  });
  const committed = new Set(rows.map(({ user_id }) => user_id));
  const unknown = [...users].filter((userId) => !committed.has(userId) && !direct(userId));
  const repeats = rows.flatMap(({ entry_id, user_id }) =>
    Array<string>(Math.max(0, (published.get(entry_id) ?? 0) - 1)).fill(user_id),
  );
  return { wrong, unknown, repeats };
}
