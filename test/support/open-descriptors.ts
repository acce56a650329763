/** Open file descriptors of a process on Linux, told apart by whether a client caused them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface OpenDescriptors {
  readonly total: number;
  /** Without live connections of clients to the process's own listeners: what the process itself keeps. */
  readonly kept: number;
}

interface TcpSocket {
  readonly localPort: number;
  readonly state: string;
}

/** States in /proc/net/tcp. A connection that the client has closed (CLOSE_WAIT) stays open by the server's fault: it is kept. */
const LISTEN = '0A';
const CLOSE_WAIT = '08';

export function openDescriptors(pid: number | 'self' = 'self'): OpenDescriptors {
  const links = readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => linkOf(`/proc/${pid}/fd/${descriptor}`));
  const table = new Map([...tcpSockets(pid, 'tcp'), ...tcpSockets(pid, 'tcp6')]);
  const sockets = links.flatMap((link) => table.get(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '') ?? []);
  const ports = new Set(sockets.filter(({ state }) => state === LISTEN).map(({ localPort }) => localPort));
  const clients = sockets.filter(
    ({ localPort, state }) => ports.has(localPort) && state !== LISTEN && state !== CLOSE_WAIT,
  );
  return { total: links.length, kept: links.length - clients.length };
}

/** Empty for a descriptor that was closed meanwhile, such as the one that read the folder. */
function linkOf(path: string): readonly string[] {
  try {
    return [readlinkSync(path)];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** By inode. A line holds: number, local address, remote address, state, queues, timer, retransmits, user, timeout, inode. */
function tcpSockets(pid: number | 'self', table: 'tcp' | 'tcp6'): readonly (readonly [string, TcpSocket])[] {
  const [, ...lines] = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    return [inode, { localPort: Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16), state }] as const;
  });
}
