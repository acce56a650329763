/** CPU time of processes: user and system time of all threads (Linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Indexes after the program name, which may contain spaces.
const UTIME = 11;
const STIME = 12;
const CUTIME = 13;
const CSTIME = 14;
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Microseconds since the process started, in steps of one tick (usually 10 ms). @throws Error without /proc or such a process */
export function cpuMicros(pid: number): number {
  return micros(pid, [UTIME, STIME]);
}

/** Microseconds of this process and its ended children, such as the load generator. */
export function ownMicros(): number {
  return micros('self', [UTIME, STIME, CUTIME, CSTIME]);
}

/** Busy microseconds of all cores. */
export function machineMicros(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)
    .join()
    .split(/ +/)
    .map(Number);
  return ((user + nice + system + irq + softirq + steal) * 1e6) / ticksPerSecond;
}

function micros(pid: number | 'self', which: readonly number[]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (which.reduce((sum, field) => sum + Number(fields[field]), 0) * 1e6) / ticksPerSecond;
}

/** CPU time by process name, read at the same time. */
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
