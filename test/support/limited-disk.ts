/** A small disk that a test can fill. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LocalSource } from './local-log.ts';

export interface LimitedDisk {
  fill(): void;
  free(): void;
  /** After all processes that use it have ended. */
  close(): void;
}

const SIZE = '16m';
const BLOCK = Buffer.alloc(4_096);

/** Command prefix for mounting: none as root, or sudo without a password; undefined: mounting is not permitted. */
const mounter = [[], ['sudo', '-n']].find((prefix) => {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    mount(prefix, folder);
    unmount(prefix, folder);
    return true;
  } catch {
    return false; // try the next prefix
  } finally {
    rmdirSync(folder);
  }
});

/** Whether the disk is real; otherwise SQLite fails with the error of a full disk. */
export const DISKS_CAN_BE_MOUNTED = mounter !== undefined;

/** Mounts a small disk for a log that does not exist yet. */
export function limitedDisk(log: LocalSource): LimitedDisk {
  return mounter ? mounted(mounter, log) : simulated(log);
}

function mounted(prefix: readonly string[], { directory }: LocalSource): LimitedDisk {
  mount(prefix, directory);
  const filler = join(directory, 'filler');
  return {
    fill: () => {
      try {
        for (;;) writeFileSync(filler, BLOCK, { flag: 'a' });
      } catch (error) {
        if (!String(error).includes('ENOSPC')) throw error;
      }
    },
    free: () => rmSync(filler),
    close: () => unmount(prefix, directory),
  };
}

/** Every insertion fails with SQLITE_FULL, because an AUTOINCREMENT key is exhausted. */
const FULL = `
  CREATE TABLE IF NOT EXISTS room (id INTEGER PRIMARY KEY AUTOINCREMENT);
  INSERT OR IGNORE INTO room VALUES (9223372036854775807);
  CREATE TRIGGER full AFTER INSERT ON record BEGIN INSERT INTO room VALUES (NULL); END`;

function simulated({ file }: LocalSource): LimitedDisk {
  const run = (sql: string): void => {
    const database = new DatabaseSync(file, { timeout: 5_000 });
    database.exec(sql);
    database.close();
  };
  return { fill: () => run(FULL), free: () => run('DROP TRIGGER full'), close: () => undefined };
}

function mount(prefix: readonly string[], folder: string): void {
  const [command = '', ...args] = [...prefix, 'mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=1777`, 'none', folder];
  execFileSync(command, args, { stdio: 'ignore' });
}

function unmount(prefix: readonly string[], folder: string): void {
  const [command = '', ...args] = [...prefix, 'umount', folder];
  execFileSync(command, args, { stdio: 'ignore' });
}
