import type { SchemaFinding } from '../ports/event-schemas.port.ts';

/** One line: severity, schema and field, rule, reason. */
export function formatFinding({ severity, record, field, rule, message }: SchemaFinding): string {
  return `${severity}: ${field === '' ? record : `${record}.${field}`}: ${rule}: ${message}`;
}

/** Whether the schema check failed. */
export function hasErrors(findings: readonly SchemaFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
