/** A database of one test, on the PostgreSQL of the stack or on a dedicated one. */
import { randomBytes } from 'node:crypto';
import { Pool, type QueryResultRow } from 'pg';
import { stackAddresses } from './settings.ts';

export class TestDatabase {
  readonly url: string;
  /** Connections of the test itself. */
  readonly pool: Pool;
  readonly #remove: () => Promise<void>;

  /** Uses an existing database, which `close` does not remove. */
  constructor(url: string, remove: () => Promise<void> = () => Promise.resolve()) {
    this.url = url;
    this.pool = new Pool({ connectionString: url, max: 20, connectionTimeoutMillis: 5_000 });
    this.pool.on('error', () => undefined); // tests kill the server; their queries report the error
    this.#remove = remove;
  }

  /** Creates a database on the server of the stack. */
  static async create(): Promise<TestDatabase> {
    const { databaseUrl } = stackAddresses();
    const name = `e2e_${randomBytes(5).toString('hex')}`;
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;
    await once(databaseUrl, `create database ${name}`);
    return new TestDatabase(url.href, () => once(databaseUrl, `drop database ${name} with (force)`));
  }

  async rows<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<readonly R[]> {
    return (await this.pool.query<R>(sql, [...values])).rows;
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.#remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function once(url: string, sql: string): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    await pool.query(sql);
  } finally {
    await pool.end();
  }
}
