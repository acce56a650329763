import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { FatalError } from '../../../application/errors.ts';
import type { SchemaIdSource } from './avro-event-codec.ts';
import { type RegistryConnection, RegistryError, RegistryHttp } from './registry-http.ts';
import { loadSchemas, type SchemaFile } from './schema-files.ts';

type ClientMiddleware = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']>[number];

/** The level of every subject: whatever was written can be read by every version, older or newer. */
export const LEVEL = COMPATIBILITY.FULL_TRANSITIVE;

/** A schema registry with the Confluent API. Subject = full name of the record. Holds no connection that would need closing. */
export class ConfluentSchemaRegistry implements SchemaIdSource {
  readonly #http: RegistryHttp;
  readonly #client: SchemaRegistry;

  constructor(connection: RegistryConnection) {
    this.#http = new RegistryHttp(connection);
    const { url, auth, timeoutMs } = this.#http;
    const inTime: ClientMiddleware = () => ({ request: (request) => request.enhance({}, { timeout: timeoutMs }) });
    this.#client = new SchemaRegistry({ host: url, middlewares: [inTime], ...(auth && { auth }) });
  }

  /**
   * Registers what is not registered yet, one after the other: of conflicting schemas registered at once, both can get in.
   * @returns record -> id
   * @throws FatalError when the registry refuses a schema or the credentials; other errors are worth a retry
   */
  async registerAll(schemas: readonly SchemaFile[] = loadSchemas()): Promise<ReadonlyMap<string, number>> {
    const ids = await this.#lookUp(schemas);
    for (const schema of schemas) {
      if (!ids.has(schema.record)) ids.set(schema.record, await this.#register(schema));
    }
    return ids;
  }

  /**
   * The ids of schemas that were registered before; registers nothing.
   * @throws FatalError naming those that are missing, or when the registry refuses the credentials; other errors are worth a retry
   */
  async idsOfRegistered(schemas: readonly SchemaFile[] = loadSchemas()): Promise<ReadonlyMap<string, number>> {
    const ids = await this.#lookUp(schemas);
    const missing = schemas.filter(({ record }) => !ids.has(record)).map(({ record }) => record);
    if (missing.length === 0) return ids;
    throw new FatalError(
      `Schemas not registered: ${missing.join(', ')}. Run \`concert-queue schemas register\` first.`,
    );
  }

  /** The schema of an id; undefined when the registry says that there is none. */
  async schemaOf(id: number): Promise<{ readonly type: string; readonly text: string } | undefined> {
    const answer = (await this.#http.ask('GET', `/schemas/ids/${id}`)) as SchemaAnswer | undefined;
    return answer && { type: answer.schemaType ?? 'AVRO', text: answer.schema };
  }

  /** All versions of a subject, oldest first; empty when there is no such subject. */
  async versionsOf(subject: string): Promise<readonly { readonly version: number; readonly text: string }[]> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    const versions = ((await this.#http.ask('GET', path)) ?? []) as readonly number[];
    return Promise.all(
      versions.map(async (version) => {
        const { schema } = (await this.#http.ask('GET', `${path}/${version}`)) as SchemaAnswer;
        return { version, text: schema };
      }),
    );
  }

  /** The compatibility level of a subject; undefined when it has none of its own. */
  async levelOf(subject: string): Promise<string | undefined> {
    const answer = await this.#http.ask('GET', `/config/${encodeURIComponent(subject)}`);
    return (answer as { readonly compatibilityLevel: string } | undefined)?.compatibilityLevel;
  }

  /** Whether the registry would take a schema, against all versions that the subject's level says. */
  async accepts(subject: string, text: string): Promise<{ readonly accepted: boolean; readonly reason: string }> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`;
    const answer = (await this.#http.ask('POST', path, { schema: text })) as Verdict | undefined;
    const reason = answer?.messages?.join('; ') ?? 'the registry says no more';
    return { accepted: answer?.is_compatible ?? true, reason }; // no such subject: nothing to be compatible with
  }

  async #lookUp(schemas: readonly SchemaFile[]): Promise<Map<string, number>> {
    const found = await Promise.all(schemas.map((schema) => decisive(this.#idOf(schema))));
    const ids = new Map<string, number>();
    found.forEach((id, index) => {
      const record = schemas[index]?.record;
      if (record !== undefined && id !== undefined) ids.set(record, id);
    });
    return ids;
  }

  async #idOf({ subject, text }: SchemaFile): Promise<number | undefined> {
    const answer = await this.#http.ask('POST', `/subjects/${encodeURIComponent(subject)}`, { schema: text });
    return (answer as { readonly id: number } | undefined)?.id;
  }

  /** @throws FatalError when the subject has another level than ours */
  async #hasLevel(subject: string): Promise<boolean> {
    const level = await decisive(this.levelOf(subject));
    if (level === undefined || level === String(LEVEL)) return level !== undefined;
    throw new FatalError(`Schema subject ${subject} has compatibility level ${level} and must have ${LEVEL}`);
  }

  /** A refusal is none when another process, started at the same time, has set it meanwhile. */
  async #setLevel(subject: string): Promise<void> {
    const set = this.#http.ask('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: LEVEL });
    await decisive(set).catch(async (error: unknown) => {
      if (!(error instanceof FatalError && (await this.#hasLevel(subject)))) throw error;
    });
  }

  async #register({ subject, text }: SchemaFile): Promise<number> {
    // The client sets it after the schema, so that a second version would get in unchecked. A new subject may not keep it yet.
    if (!(await this.#hasLevel(subject))) await this.#setLevel(subject);
    const schema = { type: SchemaType.AVRO, schema: text } as const;
    const { id } = await decisive(this.#client.register(schema, { subject, compatibility: LEVEL }));
    return id;
  }
}

interface SchemaAnswer {
  readonly schema: string;
  readonly schemaType?: string;
}

interface Verdict {
  readonly is_compatible: boolean;
  readonly messages?: readonly string[];
}

/** Makes a FatalError of what the registry will refuse again: credentials, an incompatible or invalid schema. */
async function decisive<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    throw new FatalError(`The schema registry refuses: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

const REFUSALS: readonly unknown[] = [401, 403, 409, 422];

function isRefusal(error: unknown): boolean {
  if (error instanceof RegistryError) return REFUSALS.includes(error.status);
  return error instanceof Error && 'status' in error && REFUSALS.includes(error.status); // the client's ResponseError
}
