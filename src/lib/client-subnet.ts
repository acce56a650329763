import { isIP } from 'node:net';

/**
 * Under which name the requests of an address are counted: itself for IPv4, its network (/64) for IPv6, of which every caller has
 * as many addresses as it likes. What is no address (a trusted proxy may pass on anything) is one group, whatever it says.
 */
export function clientSubnet(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const version = isIP(mapped);
  if (version === 4) return mapped;
  return version === 6 ? prefixOf(mapped) : 'no address';
}

/** The first four of the eight groups, in their shortest spelling. */
function prefixOf(address: string): string {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
