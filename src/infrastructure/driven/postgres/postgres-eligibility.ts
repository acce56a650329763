import { Pool } from 'pg';
import { eligibilityUnavailable } from '../../../application/errors.ts';
import { isUserId } from '../../../application/event-log/identifiers.ts';
import type { Applicant, Eligibility, ShopUser } from '../../../application/ports/eligibility.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { ThrottledWarning } from '../../../lib/throttled-warning.ts';
import { causeOf } from './postgres-error.ts';
import { APPLICATION_NAME, type PostgresSettings } from './postgres-settings.ts';

const RETRY_AFTER_SECONDS = 2;
/** How much later than the server's own time-out we stop waiting: it only speaks when the server no longer does. */
const GRACE_MS = 100;

interface Row {
  readonly user_id: string | null;
  readonly points: number | null;
}

// A view may show somebody twice, once for each of their numbers; two different answers are none.
const SELECT = 'select distinct user_id::text, points::float8 from concert_queue.eligible_user where';
const BY_USER = { name: 'eligible-by-user', text: `${SELECT} user_id = $1 limit 2` };
const BY_NUMBER = { name: 'eligible-by-number', text: `${SELECT} phone_number = any($1::text[]) limit 2` };

/** The shop's records in a table or view of PostgreSQL. One prepared statement, one round trip. */
export class PostgresEligibility implements Eligibility {
  readonly #pool: Pool;
  readonly #warning: ThrottledWarning;

  constructor({ url, poolSize, timeoutMs }: PostgresSettings, diagnostics: Logger) {
    this.#warning = new ThrottledWarning(diagnostics);
    this.#pool = new Pool({
      connectionString: url,
      application_name: APPLICATION_NAME,
      max: poolSize,
      connectionTimeoutMillis: timeoutMs,
      statement_timeout: timeoutMs,
      query_timeout: timeoutMs + GRACE_MS,
      keepAlive: true,
    });
    // Of an idle connection: the pool has already replaced it.
    this.#pool.on('error', (error) => this.#warning.warn(`PostgreSQL closed a connection: ${causeOf(error)}`));
  }

  async find(applicant: Applicant): Promise<ShopUser | undefined> {
    const [row, another] = await this.#ask(applicant);
    if (!row) return undefined;
    if (another) throw this.#unusable('concert_queue.eligible_user gives two answers for one applicant');
    if (!isUserId(row.user_id)) throw this.#unusable('concert_queue.eligible_user holds a user_id that is none');
    return { userId: row.user_id, points: row.points ?? 0 };
  }

  /** Waits for what is under way, at most for its time-out. */
  stop(): Promise<void> {
    return this.#pool.end();
  }

  async #ask(applicant: Applicant): Promise<readonly Row[]> {
    const query =
      'userId' in applicant
        ? { ...BY_USER, values: [applicant.userId] }
        : { ...BY_NUMBER, values: [spellings(applicant.phoneNumber)] };
    try {
      return (await this.#pool.query<Row>(query)).rows;
    } catch (error) {
      throw this.#unusable(`PostgreSQL cannot be asked for eligibility: ${causeOf(error)}`);
    }
  }

  /** Without the cause: an error of the database may quote what it was asked. */
  #unusable(message: string): Error {
    this.#warning.warn(message);
    return eligibilityUnavailable(RETRY_AFTER_SECONDS);
  }
}

/** A number as it came, and without what people put between its digits. */
function spellings(phoneNumber: string): readonly string[] {
  return [phoneNumber, phoneNumber.replaceAll(/[ -]/g, '')];
}
