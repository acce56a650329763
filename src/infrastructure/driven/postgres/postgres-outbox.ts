import { Client } from 'pg';
import type { Outbox, OutboxLeadership } from '../../../application/ports/outbox.port.ts';
import { PostgresOutboxLeadership } from './outbox-leader.ts';
import { LEADER_LOCK } from './outbox-lock.ts';
import { causeOf } from './postgres-error.ts';

const CONNECTED_WITHIN_MS = 5000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** Given up when even the server's own time-out does not arrive. */
const QUERY_TIMEOUT_MS = 12_000;
/**
 * A lead that has not asked for anything this long is stuck or cut off, and its session is ended by the server, so that another
 * may lead. Longer than the pauses of a relay that works.
 */
const STUCK_AFTER_MS = 15_000;

/** The outbox in PostgreSQL (14 or later), through a session of its own: not through a pooler that shares sessions. */
export class PostgresOutbox implements Outbox {
  #session: Promise<Session> | undefined;

  /** @param owner names this process to operators */
  constructor(
    private readonly settings: { readonly url: string },
    private readonly owner: string,
  ) {}

  async lead(): Promise<OutboxLeadership | undefined> {
    const session = (this.#session ??= this.#connect());
    try {
      return await (await session).lead();
    } catch (cause) {
      this.#forget(session);
      throw new Error(`PostgreSQL: ${causeOf(cause)}`, { cause });
    }
  }

  /** Ends the session, and with it the lead. */
  async close(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#forget(session);
    // Of a session that could not be opened, `lead` has told; one that ended needs no end.
    await session.then(({ client }) => client.end()).catch(() => undefined);
  }

  async #connect(): Promise<Session> {
    const client = new Client({
      connectionString: this.settings.url,
      application_name: `concert-queue relay ${this.owner}`.slice(0, 63),
      connectionTimeoutMillis: CONNECTED_WITHIN_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on('error', () => undefined); // 'end' follows, and every query of this session fails
    await client.connect();
    const session = new Session(client);
    client.once('end', () => {
      session.ended = true;
    });
    await client.query("select set_config('idle_session_timeout', $1, false)", [`${STUCK_AFTER_MS}`]);
    return session;
  }

  /** The next call opens another session. A query that was given up leaves the old one in an unknown state: it is ended. */
  #forget(session: Promise<Session>): void {
    if (this.#session === session) this.#session = undefined;
    session.then(({ client }) => client.end()).catch(() => undefined); // it is of no more use, however it ends
  }
}

class Session {
  ended = false;
  #lead: PostgresOutboxLeadership | undefined;

  constructor(readonly client: Client) {}

  async lead(): Promise<OutboxLeadership | undefined> {
    if (this.ended) throw new Error('the session was ended');
    if (this.#lead) return this.#lead;
    const { rows } = await this.client.query<{ got: boolean }>(
      'select pg_try_advisory_lock($1, $2) as got',
      LEADER_LOCK,
    );
    if (!rows[0]?.got) return undefined;
    const lead = new PostgresOutboxLeadership(this.client);
    await this.client.query('listen concert_queue_outbox');
    this.#lead = lead;
    return lead;
  }
}
