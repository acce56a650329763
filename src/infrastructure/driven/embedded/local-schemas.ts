import type { LocalLog } from './local-log.ts';

/** A schema by the name of its record. */
interface NamedSchema {
  readonly record: string;
  readonly text: string;
}

/** Schemas and their ids, kept in the log's own file: whoever has the file can read every record of it. */
export class LocalSchemas {
  constructor(private readonly log: LocalLog) {}

  /** Record -> id; each text has one, and keeps it. */
  async registerAll(schemas: readonly NamedSchema[]): Promise<ReadonlyMap<string, number>> {
    const { database } = this.log;
    const put = database.prepare('INSERT INTO schema (record, text) VALUES (?, ?) ON CONFLICT DO NOTHING');
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const { record, text } of schemas) put.run(record, text);
      database.exec('COMMIT');
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK'); // of a disk without room: it is tried again
    }
    return this.idsOfRegistered(schemas);
  }

  async idsOfRegistered(schemas: readonly NamedSchema[]): Promise<ReadonlyMap<string, number>> {
    const find = this.log.database.prepare('SELECT id FROM schema WHERE text = ?');
    const ids = schemas.map(({ record, text }) => [record, find.get(text)?.['id']] as const);
    return new Map(ids.flatMap(([record, id]) => (typeof id === 'number' ? [[record, id]] : [])));
  }

  async schemaOf(id: number): Promise<{ readonly type: string; readonly text: string } | undefined> {
    const found = this.log.database.prepare('SELECT text FROM schema WHERE id = ?').get(id);
    return found && { type: 'AVRO', text: String(found['text']) };
  }
}
