import { isIP } from 'node:net';

/**
 * The key that requests of an address are counted under: the address for IPv4, the /64 network for IPv6, where a caller can use
 * any number of addresses. Invalid addresses, which a trusted proxy may pass on, share one key.
 */
export function clientSubnet(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const version = isIP(mapped);
  if (version === 4) return mapped;
  return version === 6 ? prefixOf(mapped) : 'no address';
}

/** The first four of the eight groups, in their shortest form. */
function prefixOf(address: string): string {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
