import type { KnownSchema, SchemaIds } from '../../../application/ports/schema-ids.port.ts';
import type { LocalLog } from './local-log.ts';

/** The rows of the table `log` that store a schema id. */
const PREFIX = 'schema ';

/** Schema ids in the log file, in rows that earlier releases ignore. Shows that the table of schemas was replaced. */
export class LocalSchemaIds implements SchemaIds {
  constructor(private readonly log: LocalLog) {}

  async load(): Promise<ReadonlyMap<number, KnownSchema>> {
    const rows = this.log.database.prepare('SELECT name, value FROM log WHERE name GLOB ?').all(`${PREFIX}*`);
    return new Map(
      rows.map(({ name, value }) => {
        const id = Number(String(name).slice(PREFIX.length));
        const [subject = '', fingerprint = ''] = String(value).split(' ');
        return [id, { id, subject, fingerprint }];
      }),
    );
  }

  async add(schemas: readonly KnownSchema[]): Promise<void> {
    const { database } = this.log;
    const insert = database.prepare('INSERT INTO log (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const { id, subject, fingerprint } of schemas) insert.run(`${PREFIX}${id}`, `${subject} ${fingerprint}`);
      database.exec('COMMIT');
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK'); // the disk is full: the caller retries
    }
  }
}
