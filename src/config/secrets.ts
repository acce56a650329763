import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { generatedSecrets } from './generated-secrets.ts';
import type { SettingReader } from './setting-reader.ts';
import { split } from './setting-reader.ts';

/** In characters: a 192-bit key in base64, or a 128-bit key in hexadecimal. */
const MIN_SECRET_LENGTH = 32;

export interface Secrets {
  /** The first signs, all verify. */
  readonly entryTokens: readonly string[];
  /** The first commits, all reveal. */
  readonly draws: readonly string[];
  /** Ed25519, PEM or JWK. The first signs, all verify. */
  readonly admissionKeys: readonly string[];
  readonly adminToken: string;
  /** undefined unless ENTRY_AUTH=service. */
  readonly serviceToken: string | undefined;
  /** undefined: /metrics is public. */
  readonly metricsToken: string | undefined;
}

const SECRET_NAMES = [
  'ENTRY_TOKEN_SECRETS',
  'DRAW_SECRETS',
  'ADMISSION_PRIVATE_KEYS',
  'ADMIN_TOKEN',
  'SERVICE_TOKEN',
] as const;
type SecretName = (typeof SECRET_NAMES)[number];

/**
 * Reads the secrets from the environment. Outside production, missing ones come from a file that is generated once.
 *
 * @param generateInto directory of that file; undefined in production: nothing is generated
 * @param mayStore false: what the file lacks is generated for this process alone
 */
export function readSecrets(
  reader: SettingReader,
  service: boolean,
  generateInto: string | undefined,
  mayStore = true,
): Secrets {
  const required = SECRET_NAMES.filter((name) => service || name !== 'SERVICE_TOKEN');
  const missing = required.filter((name) => reader.given(name) === undefined);
  if (generateInto === undefined) for (const name of missing) reader.reject(name, 'is required in production');
  const stored =
    generateInto === undefined || missing.length === 0
      ? {}
      : generatedSecrets(generateInto, SECRET_NAMES, generate, mayStore);
  const value = (name: SecretName): string => reader.given(name) ?? stored[name] ?? '';
  const withMinLength = (name: SecretName, parts: readonly string[]): readonly string[] => {
    if (
      reader.given(name) !== undefined &&
      (parts.length === 0 || parts.some((part) => part.length < MIN_SECRET_LENGTH))
    )
      reader.reject(
        name,
        `must have at least ${MIN_SECRET_LENGTH} characters${parts.length > 1 ? ' in each part' : ''}`,
      );
    return parts;
  };
  /** A bearer token. Visible ASCII only, because other characters do not survive in a header. */
  const token = (name: SecretName): string => {
    const given = value(name);
    if (/[^\x21-\x7e]/.test(given)) reader.reject(name, 'must consist of visible ASCII characters');
    withMinLength(name, [given]);
    return given;
  };
  if (service && value('SERVICE_TOKEN') !== '' && value('SERVICE_TOKEN') === value('ADMIN_TOKEN'))
    reader.reject('SERVICE_TOKEN', 'must differ from ADMIN_TOKEN');
  return {
    entryTokens: withMinLength('ENTRY_TOKEN_SECRETS', split(value('ENTRY_TOKEN_SECRETS'))),
    draws: withMinLength('DRAW_SECRETS', split(value('DRAW_SECRETS'))),
    admissionKeys: splitKeys(reader, value('ADMISSION_PRIVATE_KEYS')),
    adminToken: token('ADMIN_TOKEN'),
    serviceToken: service ? token('SERVICE_TOKEN') : undefined,
    metricsToken: readMetricsToken(reader),
  };
}

function readMetricsToken(reader: SettingReader): string | undefined {
  const given = reader.given('METRICS_TOKEN');
  if (given !== undefined && (given.length < MIN_SECRET_LENGTH || /[^\x21-\x7e]/.test(given)))
    reader.reject('METRICS_TOKEN', `must have at least ${MIN_SECRET_LENGTH} visible ASCII characters`);
  return given;
}

function generate(name: string): string {
  if (name !== 'ADMISSION_PRIVATE_KEYS') return randomBytes(32).toString('base64url');
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The PEM blocks and JWK objects in the text. */
function splitKeys(reader: SettingReader, value: string): readonly string[] {
  // Environment files often contain line breaks as the two characters \n.
  const text = value.replaceAll('\\n', '\n');
  const key = /-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----|\{[^{}]*\}/g;
  if (text.replaceAll(key, '').replaceAll(',', '').trim() !== '' || (value !== '' && !key.test(text)))
    reader.reject(
      'ADMISSION_PRIVATE_KEYS',
      'must be PEM private keys or JWK objects, separated by commas or line breaks',
    );
  return text.match(key) ?? [];
}
