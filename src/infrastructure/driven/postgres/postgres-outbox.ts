import { Client } from 'pg';
import type { Outbox, OutboxLeadership } from '../../../application/ports/outbox.port.ts';
import { PostgresOutboxLeadership } from './outbox-leader.ts';
import { LEADER_LOCK } from './outbox-lock.ts';
import { causeOf } from './postgres-error.ts';

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** For a server that does not enforce the statement timeout, because it is unreachable. */
const QUERY_TIMEOUT_MS = 12_000;
/**
 * The server ends an idle session after this time, so that another relay can lead. Longer than the pauses of a working relay.
 */
const IDLE_SESSION_TIMEOUT_MS = 15_000;

/** The outbox in PostgreSQL 14 or later. Needs its own session, so no pooler that shares sessions. */
export class PostgresOutbox implements Outbox {
  #session: Promise<LeaderSession> | undefined;

  /** @param owner name of this process for operators */
  constructor(
    private readonly options: { readonly url: string },
    private readonly owner: string,
  ) {}

  async lead(): Promise<OutboxLeadership | undefined> {
    const session = (this.#session ??= this.#connect());
    try {
      return await (await session).lead();
    } catch (cause) {
      this.#discard(session);
      throw new Error(`PostgreSQL: ${causeOf(cause)}`, { cause });
    }
  }

  /** Ends the session and so the leadership. */
  async close(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#discard(session);
    // `lead` has reported a failed connection; a closed session needs no end.
    await session.then(({ client }) => client.end()).catch(() => undefined);
  }

  async #connect(): Promise<LeaderSession> {
    const client = new Client({
      connectionString: this.options.url,
      application_name: `concert-queue relay ${this.owner}`.slice(0, 63),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on('error', () => undefined); // 'end' follows, and every query fails
    await client.connect();
    const session = new LeaderSession(client);
    client.once('end', () => {
      session.ended = true;
    });
    await client.query("select set_config('idle_session_timeout', $1, false)", [`${IDLE_SESSION_TIMEOUT_MS}`]);
    return session;
  }

  /** The next call opens another session. After a timed-out query, the state of the old session is unknown. */
  #discard(session: Promise<LeaderSession>): void {
    if (this.#session === session) this.#session = undefined;
    session.then(({ client }) => client.end()).catch(() => undefined); // the session is discarded in any case
  }
}

class LeaderSession {
  ended = false;
  #lead: PostgresOutboxLeadership | undefined;

  constructor(readonly client: Client) {}

  async lead(): Promise<OutboxLeadership | undefined> {
    if (this.ended) throw new Error('the session has ended');
    if (this.#lead) return this.#lead;
    const { rows } = await this.client.query<{ acquired: boolean }>(
      'select pg_try_advisory_lock($1, $2) as acquired',
      LEADER_LOCK,
    );
    if (!rows[0]?.acquired) return undefined;
    const lead = new PostgresOutboxLeadership(this.client);
    await this.client.query('listen concert_queue_outbox');
    this.#lead = lead;
    return lead;
  }
}
