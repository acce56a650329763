import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A self-signed certificate of a server on 127.0.0.1 or of a client, in PEM files. */
export interface Certificate extends AsyncDisposable {
  readonly cert: string;
  readonly key: string;
  /** Content of `cert`. */
  readonly text: string;
  readonly keyText: string;
  /** Key and certificate in one file, the format that Kafka reads. */
  readonly keyStore: string;
  remove(): Promise<void>;
}

/**
 * Needs openssl.
 *
 * @param names subjectAltName of the server, in the syntax of openssl
 */
export async function newCertificate(names = 'IP:127.0.0.1,DNS:localhost'): Promise<Certificate> {
  const directory = await mkdtemp(join(tmpdir(), 'certificate-'));
  const [cert, key, keyStore] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(directory, name));
  if (!cert || !key || !keyStore) throw new TypeError('three names make three files');
  const who = ['-subj', '/CN=127.0.0.1', '-addext', `subjectAltName=${names}`, '-days', '2'];
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
  const [text, keyText] = await Promise.all([readFile(cert, 'utf8'), readFile(key, 'utf8')]);
  await writeFile(keyStore, `${keyText}${text}`);
  const remove = () => rm(directory, { recursive: true, force: true });
  return { cert, key, text, keyText, keyStore, remove, [Symbol.asyncDispose]: remove };
}
