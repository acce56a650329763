import { type Client, DatabaseError } from 'pg';
import type { OutboxLeadership, OutboxRow, Publication } from '../../../application/ports/outbox.port.ts';
import { causeOf } from './postgres-error.ts';

interface Row {
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

/** The lead is one session of PostgreSQL, which holds the lock, listens and writes: what it can still write, it may. */
export class PostgresOutboxLeadership implements OutboxLeadership {
  #heard = true;
  #ended = false;
  #wake: (() => void) | undefined;

  /** @param client holds the lock and listens */
  constructor(private readonly client: Client) {
    const hear = (): void => {
      this.#heard = true;
      this.#wake?.();
    };
    client.on('notification', hear);
    client.on('end', () => {
      this.#ended = true; // there is nothing to wait for any more
      hear();
    });
  }

  async unpublished(after: bigint, limit: number): Promise<readonly OutboxRow[]> {
    this.#heard = false; // before the look: what is committed during it is looked for again
    const { rows } = await this.#ask<Row>({ ...UNPUBLISHED, values: [after.toString(), limit] });
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
    await this.#ask({ ...MARK, values });
  }

  async prune(olderThanSeconds: number, limit: number): Promise<number> {
    return (await this.#ask({ ...PRUNE, values: [olderThanSeconds, limit] })).rowCount ?? 0;
  }

  async woken(withinMs: number, stopped: AbortSignal): Promise<void> {
    if (this.#heard || this.#ended || stopped.aborted) return;
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
    this.#wake?.(); // after the time is over: lets go of timer and listener
    this.#wake = undefined;
  }

  async #ask<R extends object>(query: { readonly name: string; readonly text: string; readonly values: unknown[] }) {
    try {
      return await this.client.query<R>(query);
    } catch (cause) {
      // Nobody knows what a connection that does not answer will still do: it must not go on holding the lock.
      if (!(cause instanceof DatabaseError)) void this.client.end().catch(() => undefined);
      throw new Error(`PostgreSQL: ${causeOf(cause)}`, { cause });
    }
  }
}
