import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FatalError } from '../../../application/errors.ts';
import { messageOf, temporaryCause } from './sqlite-error.ts';

/**
 * Holds a data directory for this process alone, for as long as the process lives: the lock is the kernel's, on an open file, so
 * it ends with the process however that ends, and nothing stale is ever left.
 */
export class DataDirectory {
  readonly #lock: DatabaseSync;

  private constructor(lock: DatabaseSync) {
    this.#lock = lock;
  }

  /** @throws FatalError when another process holds it, or it cannot be written */
  static lock(path: string): DataDirectory {
    const holder = join(path, 'server.pid');
    let lock: DatabaseSync | undefined;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      lock = new DatabaseSync(join(path, 'server.lock'), { timeout: 0 });
      lock.exec('BEGIN EXCLUSIVE'); // never ended: closing the file, or dying, ends it
      writeFileSync(holder, `${process.pid}\n`);
      chmodSync(holder, 0o600);
      return new DataDirectory(lock);
    } catch (error) {
      lock?.close();
      if (temporaryCause(error) === 'busy') throw directoryInUse(path, holder);
      throw new FatalError(`DATA_DIRECTORY ${resolve(path)} cannot be used: ${messageOf(error)}.`, { cause: error });
    }
  }

  release(): void {
    this.#lock.close();
  }
}

function directoryInUse(path: string, holder: string): FatalError {
  return new FatalError(
    `Another server${processIn(holder)} uses the DATA_DIRECTORY ${resolve(path)}: a log has one writer. End that one, or name another directory.`,
  );
}

/** For display: the lock itself is what counts. */
function processIn(holder: string): string {
  try {
    const pid = readFileSync(holder, 'utf8').trim();
    return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return ''; // it has the lock and has not written its name yet
  }
}
