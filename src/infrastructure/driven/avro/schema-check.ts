import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { SchemaFinding, SchemaRule } from '../../../application/ports/event-schemas.port.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { incompatibilities } from './schema-compatibility.ts';
import { loadReleased, loadSchemas, SCHEMA_DIRECTORY, type SchemaFile } from './schema-files.ts';
import { parseSchema, type Schema } from './schema-model.ts';

/** Lists the SHA-256 of every released file, in the format of `sha256sum`. */
export const CHECKSUMS = 'SHA256SUMS';

/**
 * Checks the current schemas against all released versions in both directions (FULL_TRANSITIVE) and against the rules of the
 * project, and the checksums of released files. Needs no server.
 * @throws Error if a file cannot be read or is not JSON
 */
export function checkSchemas({ directory = SCHEMA_DIRECTORY } = {}): readonly SchemaFinding[] {
  const current = loadSchemas(directory);
  const released = loadReleased(directory);
  const removed = new Set(
    released.map(({ record }) => record).filter((name) => !current.some((s) => s.record === name)),
  );
  return [
    ...current.flatMap((schema) => {
      const versions = released.filter(({ record }) => record === schema.record);
      return checkSchema(
        schema,
        versions.map(({ text, version }) => ({ text, name: `v${version}` })),
      );
    }),
    ...[...removed].map((record) => error(record, 'RECORD_REMOVED', 'it was released, so logs contain it')),
    ...checksumFindings(new URL('released/', directory)),
  ];
}

/** Checks one schema against earlier versions, oldest first. */
export function checkSchema(
  { record, subject, text }: SchemaFile,
  earlier: readonly { readonly text: string; readonly name: string }[],
): readonly SchemaFinding[] {
  let schema: Schema;
  try {
    schema = parseSchema(text);
  } catch (cause) {
    return [error(record, 'INVALID_SCHEMA', errorMessage(cause))];
  }
  const findings = projectRules(record, subject, schema);
  for (const { text: before, name } of earlier) {
    for (const { field, rule, message } of incompatibilities(schema, parseSchema(before))) {
      findings.push(error(record, rule, `${message} (against ${name})`, field));
    }
  }
  if (earlier.at(-1)?.text !== text) {
    const message = earlier.length === 0 ? 'not released yet' : `differs from ${earlier.at(-1)?.name}, the newest`;
    findings.push({ severity: 'note', record, field: '', rule: 'UNRELEASED_CHANGE', message });
  }
  return findings;
}

function projectRules(record: string, subject: string, schema: Schema): SchemaFinding[] {
  const findings: SchemaFinding[] = [];
  if (schema.kind !== 'record' || schema.name !== subject) {
    const found = schema.kind === 'record' ? schema.name : `of kind ${schema.kind}`;
    findings.push(error(record, 'NAME_IS_NOT_FILE_NAME', `must be the record ${subject}, but is ${found}`));
  }
  visit(schema, '', new Set(), (inner, at) => {
    if ('doc' in inner && !inner.doc) findings.push(error(record, 'UNDOCUMENTED', `${inner.name} has no doc`, at));
    if (inner.kind === 'enum' && inner.default === undefined) {
      findings.push(error(record, 'ENUM_WITHOUT_DEFAULT', 'without a default no symbol can be added', at));
    }
    if (inner.kind !== 'record') return;
    for (const { name, doc } of inner.fields) {
      const path = at === '' ? name : `${at}.${name}`;
      if (!doc) findings.push(error(record, 'UNDOCUMENTED', 'the field has no doc', path));
      if (at === '' && name === 'type')
        findings.push(error(record, 'RESERVED_NAME', 'it is the type of the event', path));
    }
  });
  return findings;
}

function visit(schema: Schema, at: string, seen: Set<Schema>, onSchema: (schema: Schema, at: string) => void): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  onSchema(schema, at);
  if (schema.kind === 'record') {
    for (const { name, schema: inner } of schema.fields)
      visit(inner, at === '' ? name : `${at}.${name}`, seen, onSchema);
  } else if (schema.kind === 'union') {
    for (const branch of schema.branches) visit(branch, at, seen, onSchema);
  } else if ('of' in schema) {
    visit(schema.of, `${at}[]`, seen, onSchema);
  }
}

function checksumFindings(released: URL): SchemaFinding[] {
  const lines = readFileSync(new URL(CHECKSUMS, released), 'utf8').split('\n').filter(Boolean);
  const listed = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const files = new Set(readdirSync(released).filter((file) => file !== CHECKSUMS));
  const findings: SchemaFinding[] = [];
  for (const [file, sum] of listed) {
    const record = file.split('.')[0] ?? file;
    if (!files.has(file)) findings.push(error(record, 'RELEASED_FILE_MISSING', `released/${file} is missing`));
    else if (sha256(new URL(file, released)) !== sum) {
      findings.push(error(record, 'RELEASED_FILE_CHANGED', `released/${file} differs from the released file`));
    }
  }
  for (const file of files) {
    if (listed.has(file)) continue;
    findings.push(
      error(file.split('.')[0] ?? file, 'RELEASED_FILE_UNLISTED', `released/${file} is not listed in ${CHECKSUMS}`),
    );
  }
  return findings;
}

/** Hexadecimal. */
export function sha256(file: URL): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function error(record: string, rule: SchemaRule, message: string, field = ''): SchemaFinding {
  return { severity: 'error', record, field, rule, message };
}
