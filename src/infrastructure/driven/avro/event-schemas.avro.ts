import type { EventSchemas, SchemaFinding } from '../../../application/ports/event-schemas.port.ts';
import { checkSchema, checkSchemas } from './schema-check.ts';
import { loadSchemas, SCHEMA_DIRECTORY, type SchemaFile } from './schema-files.ts';
import { type ConfluentSchemaRegistry, LEVEL } from './schema-registry.confluent.ts';

/** Checks and registers the schemas of a directory. */
export class AvroEventSchemas implements EventSchemas {
  readonly #registry: ConfluentSchemaRegistry;
  readonly #directory: URL;

  constructor(registry: ConfluentSchemaRegistry, directory = SCHEMA_DIRECTORY) {
    this.#registry = registry;
    this.#directory = directory;
  }

  check(): readonly SchemaFinding[] {
    return checkSchemas({ directory: this.#directory });
  }

  async checkAgainstRegistry(): Promise<readonly SchemaFinding[]> {
    const schemas = loadSchemas(this.#directory);
    return (await Promise.all(schemas.map((schema) => findingsOf(schema, this.#registry)))).flat();
  }

  register(): Promise<ReadonlyMap<string, number>> {
    return this.#registry.registerAll(loadSchemas(this.#directory));
  }
}

/** The findings of our own check name field and rule. The registry has its own check, which reports one message. */
async function findingsOf(schema: SchemaFile, registry: ConfluentSchemaRegistry): Promise<readonly SchemaFinding[]> {
  const { record, subject, text } = schema;
  const finding = { severity: 'error', record, field: '' } as const;
  const versions = await registry.versionsOf(subject);
  const earlier = versions.map(({ version, text: registered }) => ({
    text: registered,
    name: `registered v${version}`,
  }));
  const findings = checkSchema(schema, earlier).filter(({ rule }) => rule !== 'UNRELEASED_CHANGE');
  if (!findings.some(({ rule }) => rule === 'INVALID_SCHEMA') && versions.length > 0) {
    const level = await registry.levelOf(subject);
    if (level !== LEVEL) {
      const message = `the registry has level ${level ?? 'none'} for ${subject}, but ${LEVEL} is required`;
      findings.push({ ...finding, rule: 'WRONG_COMPATIBILITY_LEVEL', message });
    }
    const { accepted, reason } = await registry.accepts(subject, text);
    if (!accepted) findings.push({ ...finding, rule: 'REFUSED_BY_REGISTRY', message: reason });
  }
  if (!versions.some(({ text: registered }) => same(registered, text))) {
    findings.push({
      ...finding,
      severity: 'note',
      rule: 'NOT_REGISTERED',
      message: `not in the registry as ${subject}`,
    });
  }
  return findings;
}

function same(registered: string, text: string): boolean {
  return JSON.stringify(JSON.parse(registered)) === text;
}
