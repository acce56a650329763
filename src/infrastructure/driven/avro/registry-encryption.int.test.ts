/** A registry behind TLS and a password, with both clients: our own, and the package that registers. */
import { randomUUID } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { type Certificate, newCertificate } from '../../../../test/support/certificate.ts';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { TlsProxy } from '../../../../test/support/tls-proxy.ts';
import { original } from './evolutions.contract.ts';
import type { SchemaFile } from './schema-files.ts';
import { ConfluentSchemaRegistry } from './schema-registry.confluent.ts';

const [username, password] = ['ann', 'pä:ß€'];
const authorities = getCACertificates('default');
let certificates: readonly Certificate[];
let [trusted, unknown, misnamed]: TlsProxy[] = [];

beforeAll(async () => {
  certificates = await Promise.all([newCertificate(), newCertificate(), newCertificate('DNS:elsewhere.example')]);
  const before = (certificate: Certificate) =>
    TlsProxy.start(stackAddresses().schemaRegistryUrl, certificate, `${username}:${password}`);
  [trusted, unknown, misnamed] = await Promise.all(certificates.map(before));
  const known = certificates.filter((_, index) => index !== 1).map(({ text }) => text);
  setDefaultCACertificates([...authorities, ...known]); // as NODE_EXTRA_CA_CERTS at process start
});
afterAll(async () => {
  setDefaultCACertificates(authorities);
  await Promise.all([trusted, unknown, misnamed].map((proxy) => proxy?.close()));
  await Promise.all(certificates.map((certificate) => certificate.remove()));
});

/** A schema that is not registered. */
function newSchema(): SchemaFile {
  const namespace = `test_${randomUUID().replaceAll('-', '')}`;
  return { record: 'Sealed', subject: `${namespace}.Sealed`, text: JSON.stringify({ ...original, namespace }) };
}

test('registers and finds schemas with a custom authority and a password', async () => {
  const registry = new ConfluentSchemaRegistry({ url: trusted?.url ?? '', username, password });
  const schema = newSchema();
  try {
    const ids = await registry.registerAll([schema]);
    expect(await registry.idsOfRegistered([schema])).toEqual(ids);
    // The client package used the proxy too.
    expect(trusted?.passed).toContain(
      `POST ${new URL(trusted?.url ?? '').pathname}/subjects/${schema.subject}/versions`,
    );
  } finally {
    await fetch(`${stackAddresses().schemaRegistryUrl}/subjects/${schema.subject}`, { method: 'DELETE' });
  }
});

test.each([
  ['with a certificate of an unknown authority', () => unknown, /self-signed certificate/],
  ['with a certificate for another host', () => misnamed, /does not match certificate/],
])('both clients send no password to a registry %s, and report the reason', async (_, which, reason) => {
  const url = which()?.url ?? '';
  const ours = new ConfluentSchemaRegistry({ url, username, password });
  await expect(ours.schemaOf(1)).rejects.toThrow(reason);
  const packages = new SchemaRegistry({ host: url, auth: { username, password }, retry: { retries: 0 } });
  await expect(packages.getSchema(1)).rejects.toThrow(reason);
  expect(which()?.passed).toEqual([]);
});
