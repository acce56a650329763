import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { SettingReader } from './setting-reader.ts';

type PemSetting = 'KAFKA_SSL_CA' | 'KAFKA_SSL_CERT' | 'KAFKA_SSL_KEY';

/** PEM texts, the certificate with its key; `{}` trusts the authorities that Node knows. */
export interface KafkaTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * undefined: no encryption. What is no certificate, or not the key of one, is refused here: a connection would pass over such an
 * authority without a word, and fail for ever.
 */
export function readKafkaTls(reader: SettingReader): KafkaTls | undefined {
  const encrypted = reader.flag('KAFKA_SSL');
  const pem = (name: PemSetting): string | undefined => {
    const text = reader.given(name)?.replaceAll('\\n', '\n');
    if (text !== undefined && !encrypted) reader.refuse(name, 'needs KAFKA_SSL=true');
    return text;
  };
  const [ca, cert, key] = [pem('KAFKA_SSL_CA'), pem('KAFKA_SSL_CERT'), pem('KAFKA_SSL_KEY')];
  if ((cert === undefined) !== (key === undefined))
    reader.refuse('KAFKA_SSL_CERT', 'and KAFKA_SSL_KEY need each other');
  readCertificates(reader, 'KAFKA_SSL_CA', ca);
  const [own] = readCertificates(reader, 'KAFKA_SSL_CERT', cert);
  const ownKey = readKey(reader, key);
  if (own && ownKey && !own.checkPrivateKey(ownKey)) reader.refuse('KAFKA_SSL_KEY', 'is not the key of KAFKA_SSL_CERT');
  return encrypted ? { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } : undefined;
}

/** One, or a bundle; none when it is not given, or refused. */
function readCertificates(
  reader: SettingReader,
  name: PemSetting,
  text: string | undefined,
): readonly X509Certificate[] {
  if (text === undefined) return [];
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const certificates = found.map(certificateIn).filter((certificate) => certificate !== undefined);
  if (found.length === 0 || certificates.length < found.length) reader.refuse(name, 'must be PEM text of certificates');
  return certificates;
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined; // what OpenSSL says of it would help nobody
  }
}

function readKey(reader: SettingReader, text: string | undefined): KeyObject | undefined {
  if (text === undefined) return undefined;
  try {
    return createPrivateKey(text);
  } catch {
    reader.refuse('KAFKA_SSL_KEY', 'must be PEM text of a private key without a passphrase');
    return undefined;
  }
}
