import { DatabaseError } from 'pg';

/** What went wrong, in words that quote no value: the code of PostgreSQL or of the network, or the driver's own message. */
export function causeOf(error: unknown): string {
  if (error instanceof DatabaseError) return `SQLSTATE ${error.code ?? 'unknown'}`;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
