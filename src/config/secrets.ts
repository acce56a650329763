import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { generatedSecrets } from './generated-secrets.ts';
import type { SettingReader } from './setting-reader.ts';
import { split } from './setting-reader.ts';

/** Shortest secret that is taken, in characters: the length of a 192-bit key in base64, or a 128-bit one in hexadecimal. */
const SHORTEST = 32;

export interface Secrets {
  /** First signs, all verify. */
  readonly entryTokens: readonly string[];
  /** First commits, all reveal. */
  readonly draws: readonly string[];
  /** First signs, all verify: PEM or JWK, Ed25519. */
  readonly admissionKeys: readonly string[];
  readonly adminToken: string;
  /** Undefined where ENTRY_AUTH does not ask for it. */
  readonly serviceToken: string | undefined;
  /** Undefined: /metrics is public. */
  readonly metricsToken: string | undefined;
}

const NEEDED = [
  'ENTRY_TOKEN_SECRETS',
  'DRAW_SECRETS',
  'ADMISSION_PRIVATE_KEYS',
  'ADMIN_TOKEN',
  'SERVICE_TOKEN',
] as const;
type SecretName = (typeof NEEDED)[number];

/**
 * The process's secrets: from the environment; outside production, the missing ones from a file that is written once.
 *
 * @param generateInto folder of that file; undefined in production, where nothing is generated
 */
export function readSecrets(reader: SettingReader, service: boolean, generateInto: string | undefined): Secrets {
  const needed = NEEDED.filter((name) => service || name !== 'SERVICE_TOKEN');
  const missing = needed.filter((name) => reader.given(name) === undefined);
  if (generateInto === undefined) for (const name of missing) reader.refuse(name, 'is required in production');
  const kept =
    generateInto === undefined || missing.length === 0 ? {} : generatedSecrets(generateInto, NEEDED, generate);
  const value = (name: SecretName): string => reader.given(name) ?? kept[name] ?? '';
  const strong = (name: SecretName, parts: readonly string[]): readonly string[] => {
    if (reader.given(name) !== undefined && (parts.length === 0 || parts.some((part) => part.length < SHORTEST)))
      reader.refuse(name, `must have at least ${SHORTEST} characters${parts.length > 1 ? ' in each part' : ''}`);
    return parts;
  };
  /** One token, as a header carries it: visible characters only, so that it arrives as it was written. */
  const token = (name: SecretName): string => {
    const given = value(name);
    if (/[^\x21-\x7e]/.test(given)) reader.refuse(name, 'must consist of visible ASCII characters');
    strong(name, [given]);
    return given;
  };
  if (service && value('SERVICE_TOKEN') !== '' && value('SERVICE_TOKEN') === value('ADMIN_TOKEN'))
    reader.refuse('SERVICE_TOKEN', 'must differ from ADMIN_TOKEN');
  return {
    entryTokens: strong('ENTRY_TOKEN_SECRETS', split(value('ENTRY_TOKEN_SECRETS'))),
    draws: strong('DRAW_SECRETS', split(value('DRAW_SECRETS'))),
    admissionKeys: keys(reader, value('ADMISSION_PRIVATE_KEYS')),
    adminToken: token('ADMIN_TOKEN'),
    serviceToken: service ? token('SERVICE_TOKEN') : undefined,
    metricsToken: readMetricsToken(reader),
  };
}

function readMetricsToken(reader: SettingReader): string | undefined {
  const given = reader.given('METRICS_TOKEN');
  if (given !== undefined && (given.length < SHORTEST || /[^\x21-\x7e]/.test(given)))
    reader.refuse('METRICS_TOKEN', `must have at least ${SHORTEST} visible ASCII characters`);
  return given;
}

function generate(name: string): string {
  if (name !== 'ADMISSION_PRIVATE_KEYS') return randomBytes(32).toString('base64url');
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Each key as it was written: a PEM block or a JWK object, whatever stands between them. */
function keys(reader: SettingReader, value: string): readonly string[] {
  // An environment file may hold line breaks only as the two characters \n.
  const text = value.replaceAll('\\n', '\n');
  const key = /-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----|\{[^{}]*\}/g;
  if (text.replaceAll(key, '').replaceAll(',', '').trim() !== '' || (value !== '' && !key.test(text)))
    reader.refuse(
      'ADMISSION_PRIVATE_KEYS',
      'must be PEM private keys or JWK objects, separated by commas or line breaks',
    );
  return text.match(key) ?? [];
}
