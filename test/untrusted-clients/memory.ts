/** Resident memory of a process. */
import { readFile } from 'node:fs/promises';

/** The largest resident memory that the process ever had, in MiB. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`no resident memory of process ${pid}`);
  return Number(kibibytes) / 1024;
}
