import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Of a server on 127.0.0.1, signed by itself: its own authority. Files in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** The certificate itself. */
  readonly text: string;
  /** Both in one file, as Kafka wants them. */
  readonly keyStore: string;
  remove(): Promise<void>;
}

/** Needs openssl. */
export async function newCertificate(): Promise<Certificate> {
  const directory = await mkdtemp(join(tmpdir(), 'certificate-'));
  const [cert, key, keyStore] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(directory, name));
  if (!cert || !key || !keyStore) throw new TypeError('three names make three files');
  const who = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-days', '2'];
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    ...who,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  const text = await readFile(cert, 'utf8');
  await writeFile(keyStore, `${await readFile(key, 'utf8')}${text}`);
  return { cert, key, text, keyStore, remove: () => rm(directory, { recursive: true, force: true }) };
}
