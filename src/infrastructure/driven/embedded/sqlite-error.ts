import { types } from 'node:util';

const BUSY = 5;
const FULL = 13;

/** What of SQLite's troubles ends by itself: another process holds the file, or the disk has no room. */
export function temporaryCause(error: unknown): 'busy' | 'full' | undefined {
  if (!types.isNativeError(error) || !('errcode' in error)) return undefined;
  const primary = Number(error.errcode) & 0xff;
  return primary === BUSY ? 'busy' : primary === FULL ? 'full' : undefined;
}

/** In SQLite's own words. */
export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
