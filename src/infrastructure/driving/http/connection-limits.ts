import type { Server, Socket } from 'node:net';
import { clientSubnet } from '../../../lib/client-subnet.ts';
import { Slots } from '../../../lib/slots.ts';

export interface ConnectionLimitSettings {
  /** Open connections of the process; more are closed at once. 0: no limit. */
  readonly connectionLimit?: number;
  /** Open connections of one address, or one /64 of IPv6. 0: no limit. */
  readonly connectionLimitPerAddress?: number;
}

/** @param isProxy whether the address is a proxy named by TRUST_PROXY: it carries the connections of many clients */
export function limitConnections(
  server: Server,
  { connectionLimit = 0, connectionLimitPerAddress = 0 }: ConnectionLimitSettings,
  isProxy: (address: string) => boolean,
): void {
  if (connectionLimit > 0) server.maxConnections = connectionLimit;
  if (connectionLimitPerAddress === 0) return;
  const slots = new Slots(connectionLimitPerAddress);
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (isProxy(address)) return;
    const free = slots.take(clientSubnet(address));
    if (free) socket.once('close', free);
    else socket.destroy();
  });
}
