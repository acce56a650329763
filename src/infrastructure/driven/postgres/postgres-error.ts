import { DatabaseError } from 'pg';

/** The reason without data values: the code of PostgreSQL or of the network, or the message of the driver. */
export function causeOf(error: unknown): string {
  if (error instanceof DatabaseError) return `SQLSTATE ${error.code ?? 'unknown'}`;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
