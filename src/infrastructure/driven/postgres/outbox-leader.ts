import { type Client, DatabaseError } from 'pg';
import type { OutboxLeadership, OutboxRow, Publication } from '../../../application/ports/outbox.port.ts';
import { causeOf } from './postgres-error.ts';

interface OutboxTableRow {
  readonly id: string;
  readonly concert_id: string;
  readonly user_id: string;
  readonly entry_id: string;
  readonly created_at: number;
}

const UNPUBLISHED = {
  name: 'outbox-unpublished',
  text: `select id, concert_id, user_id, entry_id, floor(extract(epoch from created_at) * 1000)::float8 as created_at
    from concert_queue.outbox where published_at is null and id > $1 order by id limit $2`,
};
const MARK = {
  name: 'outbox-mark',
  text: `update concert_queue.outbox o
    set published_at = clock_timestamp(), topic = p.topic, partition = p.partition, "offset" = p."offset"
    from unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[]) as p (id, topic, partition, "offset")
    where o.id = p.id`,
};
const PRUNE = {
  name: 'outbox-prune',
  text: `delete from concert_queue.outbox where id in (
    select id from concert_queue.outbox
    where published_at < clock_timestamp() - make_interval(secs => $1) order by published_at limit $2)`,
};

/** The leadership is one PostgreSQL session that holds the lock, listens and writes. While it can write, it still has the lock. */
export class PostgresOutboxLeadership implements OutboxLeadership {
  #hasNotification = true;
  #ended = false;
  #wake: (() => void) | undefined;

  /** @param client has the lock and listens */
  constructor(private readonly client: Client) {
    const notify = (): void => {
      this.#hasNotification = true;
      this.#wake?.();
    };
    client.on('notification', notify);
    client.on('end', () => {
      this.#ended = true; // no notification will come
      notify();
    });
  }

  async unpublished(after: bigint, limit: number): Promise<readonly OutboxRow[]> {
    this.#hasNotification = false; // before the query: a commit during the query causes another one
    const { rows } = await this.#query<OutboxTableRow>({ ...UNPUBLISHED, values: [after.toString(), limit] });
    return rows.map(({ id, concert_id, user_id, entry_id, created_at }) => ({
      id: BigInt(id),
      concertId: concert_id,
      userId: user_id,
      entryId: entry_id,
      createdAt: created_at,
    }));
  }

  async mark(publications: readonly Publication[]): Promise<void> {
    const values = [
      publications.map(({ id }) => id.toString()),
      publications.map(({ receipt }) => receipt.topic),
      publications.map(({ receipt }) => receipt.partition),
      publications.map(({ receipt }) => receipt.offset),
    ];
    await this.#query({ ...MARK, values });
  }

  async prune(olderThanSeconds: number, limit: number): Promise<number> {
    return (await this.#query({ ...PRUNE, values: [olderThanSeconds, limit] })).rowCount ?? 0;
  }

  async woken(withinMs: number, stopped: AbortSignal): Promise<void> {
    if (this.#hasNotification || this.#ended || stopped.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      const wake = (): void => {
        clearTimeout(timer);
        stopped.removeEventListener('abort', wake);
        resolve();
      };
      stopped.addEventListener('abort', wake);
      this.#wake = wake;
    });
    this.#wake?.(); // removes the timer and the listener
    this.#wake = undefined;
  }

  async #query<R extends object>(query: { readonly name: string; readonly text: string; readonly values: unknown[] }) {
    try {
      return await this.client.query<R>(query);
    } catch (cause) {
      // A connection that does not answer must not keep the lock.
      if (!(cause instanceof DatabaseError)) void this.client.end().catch(() => undefined);
      throw new Error(`PostgreSQL: ${causeOf(cause)}`, { cause });
    }
  }
}
