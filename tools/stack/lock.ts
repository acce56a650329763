import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.ts';
import { identityOf } from './process.ts';
import { StackError } from './settings.ts';

/** Runs `work` while no other process does so under the same file; a lock left behind by a dead process is taken over. */
export async function holdingLock<T>(file: string, withinMs: number, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${identityOf(process.pid)}`;
  for (const deadline = Date.now() + withinMs; !take(file, mine); await pause(100)) {
    if (Date.now() > deadline)
      throw new StackError(`Another run holds ${file} (process ${holder(file)?.split(' ')[0]}).`);
  }
  try {
    return await work();
  } finally {
    if (holder(file) === mine) rmSync(file, { force: true });
  }
}

function take(file: string, mine: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine);
  try {
    linkSync(draft, file); // whole or not at all, and by one process only
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    removeIfAbandoned(file);
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves an abandoned lock aside and puts it back should it be a fresh one that came in between. */
function removeIfAbandoned(file: string): void {
  const found = holder(file);
  if (found === undefined) return;
  const [pid, identity] = found.split(' ');
  if (identityOf(Number(pid)) === identity) return;
  const aside = `${file}.abandoned.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== found) linkSync(aside, file);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error; // another process was faster: the next try sees its lock
  } finally {
    rmSync(aside, { force: true });
  }
}

function holder(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
