import { Pool } from 'pg';
import { eligibilityUnavailable } from '../../../application/errors.ts';
import { isUserId } from '../../../application/event-log/identifiers.ts';
import type { Applicant, Eligibility, ShopUser } from '../../../application/ports/eligibility.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { ThrottledWarning } from '../../../lib/throttled-warning.ts';
import { causeOf } from './postgres-error.ts';
import { APPLICATION_NAME, type PostgresOptions } from './postgres-options.ts';

const RETRY_AFTER_SECONDS = 2;
/** The client timeout is later than the statement timeout, so it applies only if the server does not respond. */
const CLIENT_TIMEOUT_MARGIN_MS = 100;

interface EligibilityRow {
  readonly user_id: string | null;
  readonly points: number | null;
}

// A view may have one row for each phone number of a user. Two different results are ambiguous.
const SELECT = 'select distinct user_id::text, points::float8 from concert_queue.eligible_user where';
const BY_USER = { name: 'eligible-by-user', text: `${SELECT} user_id = $1 limit 2` };
const BY_NUMBER = { name: 'eligible-by-number', text: `${SELECT} phone_number = any($1::text[]) limit 2` };

/** Eligibility by a table or view in PostgreSQL. One prepared statement, one round trip. */
export class PostgresEligibility implements Eligibility {
  readonly #pool: Pool;
  readonly #warning: ThrottledWarning;

  constructor({ url, poolSize, timeoutMs }: PostgresOptions, logger: Logger) {
    this.#warning = new ThrottledWarning(logger);
    this.#pool = new Pool({
      connectionString: url,
      application_name: APPLICATION_NAME,
      max: poolSize,
      connectionTimeoutMillis: timeoutMs,
      statement_timeout: timeoutMs,
      query_timeout: timeoutMs + CLIENT_TIMEOUT_MARGIN_MS,
      keepAlive: true,
    });
    // An idle connection; the pool replaces it.
    this.#pool.on('error', (error) => this.#warning.warn(`PostgreSQL closed a connection: ${causeOf(error)}`));
  }

  async find(applicant: Applicant): Promise<ShopUser | undefined> {
    const [row, other] = await this.#query(applicant);
    if (!row) return undefined;
    if (other) throw this.#unavailable('concert_queue.eligible_user has two different rows for one applicant');
    if (!isUserId(row.user_id)) throw this.#unavailable('concert_queue.eligible_user has an invalid user_id');
    return { userId: row.user_id, points: row.points ?? 0 };
  }

  /** Waits for running queries, at most for their timeout. */
  stop(): Promise<void> {
    return this.#pool.end();
  }

  async #query(applicant: Applicant): Promise<readonly EligibilityRow[]> {
    const query =
      'userId' in applicant
        ? { ...BY_USER, values: [applicant.userId] }
        : { ...BY_NUMBER, values: [spellings(applicant.phoneNumber)] };
    try {
      return (await this.#pool.query<EligibilityRow>(query)).rows;
    } catch (error) {
      throw this.#unavailable(`PostgreSQL eligibility query failed: ${causeOf(error)}`);
    }
  }

  /** Without the cause, because a database error may quote parameters. */
  #unavailable(message: string): Error {
    this.#warning.warn(message);
    return eligibilityUnavailable(RETRY_AFTER_SECONDS);
  }
}

/** The phone number as given, and without separators. */
function spellings(phoneNumber: string): readonly string[] {
  return [phoneNumber, phoneNumber.replaceAll(/[ -]/g, '')];
}
