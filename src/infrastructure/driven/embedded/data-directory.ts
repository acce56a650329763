import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FatalError } from '../../../application/errors.ts';
import { messageOf, temporaryCause } from './sqlite-error.ts';

/**
 * Locks a data directory for this process. The kernel holds the lock on an open file, so it ends with the process, also after a
 * crash; a stale lock cannot remain.
 */
export class DataDirectory {
  readonly #lock: DatabaseSync;

  private constructor(lock: DatabaseSync) {
    this.#lock = lock;
  }

  /** @throws FatalError when another process has locked the directory, or it cannot be written */
  static lock(path: string): DataDirectory {
    const pidFile = join(path, 'server.pid');
    let lock: DatabaseSync | undefined;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      lock = new DatabaseSync(join(path, 'server.lock'), { timeout: 0 });
      lock.exec('BEGIN EXCLUSIVE'); // ends when the file is closed or the process ends
      writeFileSync(pidFile, `${process.pid}\n`);
      chmodSync(pidFile, 0o600);
      return new DataDirectory(lock);
    } catch (error) {
      lock?.close();
      if (temporaryCause(error) === 'busy') throw directoryInUse(path, pidFile);
      throw new FatalError(`DATA_DIRECTORY ${resolve(path)} cannot be used: ${messageOf(error)}.`, { cause: error });
    }
  }

  release(): void {
    this.#lock.close();
  }
}

function directoryInUse(path: string, pidFile: string): FatalError {
  return new FatalError(
    `Another server${processIn(pidFile)} uses the DATA_DIRECTORY ${resolve(path)}: a log has one writer. Stop that server, or set another directory.`,
  );
}

/** The process id for the error message. */
function processIn(pidFile: string): string {
  try {
    const pid = readFileSync(pidFile, 'utf8').trim();
    return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return ''; // the other process has the lock but has not written its id yet
  }
}
