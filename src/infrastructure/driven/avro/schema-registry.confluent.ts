import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { FatalError } from '../../../application/errors.ts';
import type { SchemaIdSource } from './avro-event-codec.ts';
import { type RegistryConnection, RegistryError, RegistryHttp } from './registry-http.ts';
import { loadSchemas, type SchemaFile } from './schema-files.ts';
import type { RegisteredSchema } from './writer-schemas.ts';

type ClientMiddleware = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']>[number];

/** The level of every subject: every version, older or newer, can read every value. */
export const LEVEL = COMPATIBILITY.FULL_TRANSITIVE;

/** A schema registry with the Confluent API. The subject is the full name of the record. No close is needed. */
export class ConfluentSchemaRegistry implements SchemaIdSource {
  readonly name: string;
  readonly remedy = 'Restore the registry with its ids (docs/operations.md, "Schema registry").';
  readonly #http: RegistryHttp;
  readonly #client: SchemaRegistry;

  constructor(connection: RegistryConnection) {
    this.#http = new RegistryHttp(connection);
    const { url, auth, timeoutMs } = this.#http;
    this.name = `the schema registry at ${url}`;
    const timeout: ClientMiddleware = () => ({ request: (request) => request.enhance({}, { timeout: timeoutMs }) });
    this.#client = new SchemaRegistry({ host: url, middlewares: [timeout], ...(auth && { auth }) });
  }

  /**
   * Registers missing schemas, one after the other: the registry may accept two conflicting ones at the same time.
   * @returns ids by record
   * @throws FatalError if the registry rejects a schema or the credentials; other errors are worth a retry
   */
  async registerAll(schemas: readonly SchemaFile[] = loadSchemas()): Promise<ReadonlyMap<string, number>> {
    const ids = await this.#lookUp(schemas);
    for (const schema of schemas) {
      if (!ids.has(schema.record)) ids.set(schema.record, await this.#register(schema));
    }
    return ids;
  }

  /**
   * The ids of registered schemas. Registers nothing.
   * @throws FatalError naming missing schemas, or if the registry rejects the credentials; other errors are worth a retry
   */
  async idsOfRegistered(schemas: readonly SchemaFile[] = loadSchemas()): Promise<ReadonlyMap<string, number>> {
    const ids = await this.#lookUp(schemas);
    const missing = schemas.filter(({ record }) => !ids.has(record)).map(({ record }) => record);
    if (missing.length === 0) return ids;
    throw new FatalError(
      `Schemas not registered: ${missing.join(', ')}. Run \`concert-queue schemas register\` first.`,
    );
  }

  /** The schema of an id; undefined if the registry has none. */
  async schemaOf(id: number): Promise<{ readonly type: string; readonly text: string } | undefined> {
    const response = (await this.#http.request('GET', `/schemas/ids/${id}`)) as SchemaResponse | undefined;
    return response && { type: response.schemaType ?? 'AVRO', text: response.schema };
  }

  async registeredVersions(schemas: readonly SchemaFile[]): Promise<readonly RegisteredSchema[]> {
    return (await Promise.all(schemas.map(({ subject }) => this.versionsOf(subject)))).flat();
  }

  /** All versions of a subject, oldest first; empty for an unknown subject. */
  async versionsOf(subject: string): Promise<readonly (RegisteredSchema & { readonly version: number })[]> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    const versions = ((await this.#http.request('GET', path)) ?? []) as readonly number[];
    return Promise.all(
      versions.map(async (version) => {
        const { id, schema } = (await this.#http.request('GET', `${path}/${version}`)) as VersionResponse;
        return { version, id, text: schema };
      }),
    );
  }

  /** The compatibility level of a subject; undefined if only the global level applies. */
  async levelOf(subject: string): Promise<string | undefined> {
    const response = await this.#http.request('GET', `/config/${encodeURIComponent(subject)}`);
    return (response as { readonly compatibilityLevel: string } | undefined)?.compatibilityLevel;
  }

  /** The compatibility level of subjects without their own. */
  async globalLevel(): Promise<string | undefined> {
    const response = await this.#http.request('GET', '/config');
    return (response as { readonly compatibilityLevel: string } | undefined)?.compatibilityLevel;
  }

  /** Whether the registry would accept a schema under the compatibility level of the subject. */
  async accepts(subject: string, text: string): Promise<{ readonly accepted: boolean; readonly reason: string }> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`;
    const response = (await this.#http.request('POST', path, { schema: text })) as CompatibilityResponse | undefined;
    const reason = response?.messages?.join('; ') ?? 'the registry gives no reason';
    return { accepted: response?.is_compatible ?? true, reason }; // an unknown subject has no versions to compare with
  }

  async #lookUp(schemas: readonly SchemaFile[]): Promise<Map<string, number>> {
    const found = await Promise.all(schemas.map((schema) => withFatalRejections(this.#idOf(schema))));
    const ids = new Map<string, number>();
    found.forEach((id, index) => {
      const record = schemas[index]?.record;
      if (record !== undefined && id !== undefined) ids.set(record, id);
    });
    return ids;
  }

  async #idOf({ subject, text }: SchemaFile): Promise<number | undefined> {
    const response = await this.#http.request('POST', `/subjects/${encodeURIComponent(subject)}`, { schema: text });
    return (response as { readonly id: number } | undefined)?.id;
  }

  /** @throws FatalError if the subject has another level */
  async #hasLevel(subject: string): Promise<boolean> {
    const level = await withFatalRejections(this.levelOf(subject));
    if (level === undefined || level === String(LEVEL)) return level !== undefined;
    throw new FatalError(`Schema subject ${subject} has compatibility level ${level}, but ${LEVEL} is required`);
  }

  /** Ignores a rejection if another process has set the level meanwhile. */
  async #setLevel(subject: string): Promise<void> {
    const response = this.#http.request('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: LEVEL });
    await withFatalRejections(response).catch(async (error: unknown) => {
      if (!(error instanceof FatalError && (await this.#hasLevel(subject)))) throw error;
    });
  }

  async #register({ subject, text }: SchemaFile): Promise<number> {
    // The client sets the level only after it registers the schema, so a second version would not be checked.
    if (!(await this.#hasLevel(subject))) await this.#setLevel(subject);
    const schema = { type: SchemaType.AVRO, schema: text } as const;
    const { id } = await withFatalRejections(this.#client.register(schema, { subject, compatibility: LEVEL }));
    return id;
  }
}

interface SchemaResponse {
  readonly schema: string;
  readonly schemaType?: string;
}

interface VersionResponse extends SchemaResponse {
  readonly id: number;
}

interface CompatibilityResponse {
  readonly is_compatible: boolean;
  readonly messages?: readonly string[];
}

/** Turns rejections that a retry cannot change into a FatalError: credentials, an incompatible or invalid schema. */
async function withFatalRejections<T>(response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (cause) {
    if (!isRejection(cause)) throw cause;
    throw new FatalError(`The schema registry rejected the request: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}

const REJECTION_STATUSES: readonly unknown[] = [401, 403, 409, 422];

function isRejection(error: unknown): boolean {
  if (error instanceof RegistryError) return REJECTION_STATUSES.includes(error.status);
  return error instanceof Error && 'status' in error && REJECTION_STATUSES.includes(error.status); // ResponseError of the client package
}
