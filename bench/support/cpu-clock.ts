/** What the operating system has charged to a process: user and system time of all its threads (Linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const UTIME = 11; // counted from the field after the program's name, which may hold blanks
const STIME = 12;
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Microseconds since the process started, in steps of one tick (usually 10 ms). @throws Error without /proc or such a process */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[UTIME]) + Number(fields[STIME])) * 1e6) / ticksPerSecond;
}

/** Processes by name -> their clocks, all read at one moment. */
export function readClocks(pids: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...pids].map(([name, pid]) => [name, cpuMicros(pid)]));
}

/** Microseconds of each process between two readings. */
export function spent(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map([...after].map(([name, at]) => [name, at - (before.get(name) ?? at)]));
}
