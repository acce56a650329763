import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pieces } from '../support/step-runner.ts';

export interface FoldResult {
  readonly users: number;
  /** The best of three: decode and apply, on one core. */
  readonly eventsPerSecond: number;
  readonly cpuMicros: number;
  /** Bytes of heap for each who waits. */
  readonly heap: number;
}

/** Decode and fold alone, in a process of its own. */
export async function fold(pieces: Pieces<FoldResult>, users: number): Promise<void> {
  const program = join(import.meta.dirname, '..', 'fold-alone.ts');
  const args = ['--expose-gc', '--max-old-space-size=4096', program, String(users)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  pieces.tell(JSON.parse(stdout) as FoldResult);
}
