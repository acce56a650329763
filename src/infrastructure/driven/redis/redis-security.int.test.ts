/** TLS and passwords, for a single Redis and for a cluster; and servers that a client must reject. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Certificate, newCertificate } from '../../../../test/support/certificate.ts';
import { type DedicatedRedis, encryptedAt } from '../../../../test/support/dedicated-redis.ts';
import { startDedicatedRedisCluster } from '../../../../test/support/dedicated-redis-cluster.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { freePorts } from '../../../../tools/stack/ports.ts';
import { checkRedis } from './check-redis.ts';
import { connectRedis, type RedisConnection, untilReady } from './redis-client.ts';

const PASSWORD = 'p,@:/%1';
const authorities = getCACertificates('default');
let certificate: Certificate;
let masters: readonly DedicatedRedis[] = [];
let ports: readonly number[];

beforeAll(async () => {
  [certificate, ports] = await Promise.all([newCertificate('IP:127.0.0.1'), freePorts(3)]);
  masters = await startDedicatedRedisCluster(
    ports.map((port) => ({ ...encryptedAt(port, certificate), 'tls-cluster': 'yes', requirepass: PASSWORD })),
  );
}, 60_000);
// Same effect as NODE_EXTRA_CA_CERTS.
beforeEach(() => setDefaultCACertificates([...authorities, certificate.text]));
afterAll(async () => {
  setDefaultCACertificates(authorities);
  await Promise.all(masters.map((master) => master.close()));
  await certificate.remove();
});

const login = (password: string): string => (password ? `:${encodeURIComponent(password)}@` : '');
const singleNode = ({ password = PASSWORD, host = '127.0.0.1', scheme = 'rediss' } = {}): RedisConnection => ({
  url: `${scheme}://${login(password)}${host}:${ports[0]}`,
});
const clusterOf = ({ password = PASSWORD, host = '127.0.0.1' } = {}): RedisConnection => ({
  clusterNodes: ports.map((port) => `rediss://${login(password)}${host}:${port}`),
});

test('uses every master of a cluster over TLS and with the password', async () => {
  const client = connectRedis(clusterOf(), 'write', () => undefined);
  try {
    await checkRedis(client, () => undefined);
    const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`);
    await Promise.all(keys.map((key) => client.set(key, key)));
    expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);
    const used = 'nodes' in client ? client.nodes('master').map(({ options }) => options.port) : [];
    expect(new Set(used)).toEqual(new Set(ports));
  } finally {
    client.disconnect();
  }
});

test.each(['rediss', 'REDISS'])('connects to a single Redis as %s://', async (scheme) => {
  const client = connectRedis(singleNode({ scheme }), 'write', () => undefined);
  try {
    await untilReady(client, 5_000);
    expect(await client.ping()).toBe('PONG');
  } finally {
    client.disconnect();
  }
});

describe.each([
  ['a single Redis', singleNode],
  ['a cluster', clusterOf],
])('%s rejects commands and logs the reason', (_, settingsOf) => {
  test.each([
    ['with a wrong password', { password: 'wrong-4712' }, /WRONGPASS/],
    ['without a password', { password: '' }, /NOAUTH/],
    ['at a host that its certificate does not name', { host: 'localhost' }, /does not match certificate/],
    ['with a certificate of an unknown authority', {}, /self-signed certificate/],
  ])('%s', async (name, wrong, reason) => {
    if (name.includes('authority')) setDefaultCACertificates(authorities);
    const warnings: string[] = [];
    const client = connectRedis(settingsOf(wrong), 'write', (message) => warnings.push(message));
    try {
      await eventually(() => warnings.length > 0);
      expect(warnings).toEqual([expect.stringMatching(reason)]);
      expect(warnings.join()).not.toMatch(/4712/);
      await expect(client.ping()).rejects.toThrow();
    } finally {
      client.disconnect();
    }
  });
});
