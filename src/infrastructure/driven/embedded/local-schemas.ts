import type { LocalLog } from './local-log.ts';

/** A schema and the name of its record. */
interface NamedAvroSchema {
  readonly record: string;
  readonly text: string;
}

/** Schemas and their ids, stored in the log file, so that the file alone is enough to read every record. */
export class LocalSchemas {
  readonly name = 'the schema table of the log file';
  readonly remedy = 'Restore the data directory from a backup (docs/embedded.md).';

  constructor(private readonly log: LocalLog) {}

  /** Returns record name -> id. A schema text keeps its id. */
  async registerAll(schemas: readonly NamedAvroSchema[]): Promise<ReadonlyMap<string, number>> {
    const { database } = this.log;
    const insert = database.prepare('INSERT INTO schema (record, text) VALUES (?, ?) ON CONFLICT DO NOTHING');
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const { record, text } of schemas) insert.run(record, text);
      database.exec('COMMIT');
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK'); // the disk is full: the caller retries
    }
    return this.idsOfRegistered(schemas);
  }

  async idsOfRegistered(schemas: readonly NamedAvroSchema[]): Promise<ReadonlyMap<string, number>> {
    const find = this.log.database.prepare('SELECT id FROM schema WHERE text = ?');
    const ids = schemas.map(({ record, text }) => [record, find.get(text)?.['id']] as const);
    return new Map(ids.flatMap(([record, id]) => (typeof id === 'number' ? [[record, id]] : [])));
  }

  async registeredVersions(): Promise<readonly { readonly id: number; readonly text: string }[]> {
    const rows = this.log.database.prepare('SELECT id, text FROM schema').all();
    return rows.map(({ id, text }) => ({ id: Number(id), text: String(text) }));
  }

  async schemaOf(id: number): Promise<{ readonly type: string; readonly text: string } | undefined> {
    const row = this.log.database.prepare('SELECT text FROM schema WHERE id = ?').get(id);
    return row && { type: 'AVRO', text: String(row['text']) };
  }
}
