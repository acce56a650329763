import type { LogRecord } from '../ports/log-subscription.port.ts';

/** Names the writer schema of a record by its fingerprint: 64 lower-case hexadecimal digits. */
export const SCHEMA = 'schema';

const FINGERPRINT = /^[0-9a-f]{64}$/;

/** The fingerprint in the header; undefined if there is none, or the header has another form and is of another program. */
export function schemaFingerprint(header: LogRecord['headers'][string]): string | undefined {
  const text = header?.toString();
  return text !== undefined && FINGERPRINT.test(text) ? text : undefined;
}
