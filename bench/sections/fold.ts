import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StepRunner } from '../support/step-runner.ts';

export interface FoldResult {
  readonly users: number;
  /** The best of three runs of decode and apply on one core. */
  readonly eventsPerSecond: number;
  readonly cpuMicros: number;
  /** Heap bytes per waiting user. */
  readonly heap: number;
}

/** Measures decode and fold in a separate process. */
export async function fold(steps: StepRunner<FoldResult>, users: number): Promise<void> {
  const program = join(import.meta.dirname, '..', 'fold-alone.ts');
  const args = ['--expose-gc', '--max-old-space-size=4096', program, String(users)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  steps.record(JSON.parse(stdout) as FoldResult);
}
