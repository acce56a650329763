/** A registry behind TLS and a password, asked by both of our clients: our own and the package's, which registers. */
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
  setDefaultCACertificates([...authorities, ...known]); // as NODE_EXTRA_CA_CERTS does at the start of a process
});
afterAll(async () => {
  setDefaultCACertificates(authorities);
  await Promise.all([trusted, unknown, misnamed].map((proxy) => proxy?.close()));
  await Promise.all(certificates.map((certificate) => certificate.remove()));
});

/** One that no registry has seen. */
function newSchema(): SchemaFile {
  const namespace = `test_${randomUUID().replaceAll('-', '')}`;
  return { record: 'Sealed', subject: `${namespace}.Sealed`, text: JSON.stringify({ ...original, namespace }) };
}

test('schemas are registered, and found again, by an authority of our own and a password', async () => {
  const registry = new ConfluentSchemaRegistry({ url: trusted?.url ?? '', username, password });
  const schema = newSchema();
  try {
    const ids = await registry.registerAll([schema]);
    expect(await registry.idsOfRegistered([schema])).toEqual(ids);
    // The package's client came this way too, not only ours.
    expect(trusted?.passed).toContain(
      `POST ${new URL(trusted?.url ?? '').pathname}/subjects/${schema.subject}/versions`,
    );
  } finally {
    await fetch(`${stackAddresses().schemaRegistryUrl}/subjects/${schema.subject}`, { method: 'DELETE' });
  }
});

test.each([
  ['of an authority that nobody told us of', () => unknown, /self-signed certificate/],
  ['whose certificate is for another host', () => misnamed, /does not match certificate/],
])('no password is sent to a registry %s, and the reason is told', async (_, which, reason) => {
  const url = which()?.url ?? '';
  const ours = new ConfluentSchemaRegistry({ url, username, password });
  await expect(ours.schemaOf(1)).rejects.toThrow(reason);
  const packages = new SchemaRegistry({ host: url, auth: { username, password }, retry: { retries: 0 } });
  await expect(packages.getSchema(1)).rejects.toThrow(reason);
  expect(which()?.passed).toEqual([]);
});
