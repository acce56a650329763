import { types } from 'node:util';

const BUSY = 5;
const FULL = 13;

/** The cause of a temporary SQLite error: another process locks the file, or the disk is full. */
export function temporaryCause(error: unknown): 'busy' | 'full' | undefined {
  if (!types.isNativeError(error) || !('errcode' in error)) return undefined;
  const primary = Number(error.errcode) & 0xff;
  return primary === BUSY ? 'busy' : primary === FULL ? 'full' : undefined;
}

export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
