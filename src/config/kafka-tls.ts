import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { SettingReader } from './setting-reader.ts';

type PemSetting = 'KAFKA_SSL_CA' | 'KAFKA_SSL_CERT' | 'KAFKA_SSL_KEY';

/** PEM texts, the certificate with its key. `{}` trusts the authorities of Node. */
export interface KafkaTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * undefined: no encryption. Validates the certificates here, because a connection ignores an invalid authority silently and
 * then always fails.
 */
export function readKafkaTls(reader: SettingReader): KafkaTls | undefined {
  const encrypted = reader.flag('KAFKA_SSL');
  const pem = (name: PemSetting): string | undefined => {
    const text = reader.given(name)?.replaceAll('\\n', '\n');
    if (text !== undefined && !encrypted) reader.reject(name, 'needs KAFKA_SSL=true');
    return text;
  };
  const [ca, cert, key] = [pem('KAFKA_SSL_CA'), pem('KAFKA_SSL_CERT'), pem('KAFKA_SSL_KEY')];
  if ((cert === undefined) !== (key === undefined))
    reader.reject('KAFKA_SSL_CERT', 'and KAFKA_SSL_KEY need each other');
  readCertificates(reader, 'KAFKA_SSL_CA', ca);
  const [certificate] = readCertificates(reader, 'KAFKA_SSL_CERT', cert);
  const privateKey = readKey(reader, key);
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey))
    reader.reject('KAFKA_SSL_KEY', 'is not the key of KAFKA_SSL_CERT');
  return encrypted ? { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } : undefined;
}

/** One certificate or a bundle; empty if unset or invalid. */
function readCertificates(
  reader: SettingReader,
  name: PemSetting,
  text: string | undefined,
): readonly X509Certificate[] {
  if (text === undefined) return [];
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const certificates = found.map(parseCertificate).filter((certificate) => certificate !== undefined);
  if (found.length === 0 || certificates.length < found.length) reader.reject(name, 'must be PEM text of certificates');
  return certificates;
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined; // the caller reports the setting; the OpenSSL error does not help
  }
}

function readKey(reader: SettingReader, text: string | undefined): KeyObject | undefined {
  if (text === undefined) return undefined;
  try {
    return createPrivateKey(text);
  } catch {
    reader.reject('KAFKA_SSL_KEY', 'must be PEM text of a private key without a passphrase');
    return undefined;
  }
}
