/** A schema id with the writer schema for which it was first seen. */
export interface KnownSchema {
  readonly id: number;
  /** Full name of the record, which is the subject in the registry. */
  readonly subject: string;
  /** SHA-256 of the Avro parsing canonical form of the writer schema: 64 lower-case hexadecimal digits. */
  readonly fingerprint: string;
}

/** The schema ids of the log, stored beside it. Shows whether a registry still gives out the ids as before. */
export interface SchemaIds {
  /** Every stored id, up to the current end. Rejects while the log is unavailable. */
  load(): Promise<ReadonlyMap<number, KnownSchema>>;
  /** Stores new ids. Resolves when they are durable. A stored id never changes. */
  add(schemas: readonly KnownSchema[]): Promise<void>;
}
