import type { SettingReader } from './setting-reader.ts';

export interface SchemaRegistrySettings {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

export interface DatabaseSettings {
  readonly url: string;
  readonly poolSize: number;
}

/** The source of users and their points. */
export type EligibilitySettings = { readonly timeoutMs: number } & (
  | { readonly source: 'none' | 'database' }
  | { readonly source: 'shop'; readonly url: string; readonly token: string | undefined }
);

/** The issuer of tokens of users and operators. */
export interface IdentityProviderSettings {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

export function readSchemaRegistry(reader: SettingReader): SchemaRegistrySettings {
  const username = reader.given('SCHEMA_REGISTRY_USERNAME');
  const password = reader.given('SCHEMA_REGISTRY_PASSWORD');
  if (password && !username) reader.reject('SCHEMA_REGISTRY_PASSWORD', 'needs SCHEMA_REGISTRY_USERNAME');
  return {
    url: reader.url('SCHEMA_REGISTRY_URL', ['http:', 'https:']),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  };
}

/** undefined: no PostgreSQL. */
export function readDatabase(reader: SettingReader): DatabaseSettings | undefined {
  const poolSize = reader.integer('DATABASE_POOL_SIZE', 1, 1000);
  if (!reader.given('DATABASE_URL')) return undefined;
  return { url: reader.url('DATABASE_URL', ['postgres:', 'postgresql:']), poolSize };
}

/** The endpoint of the shop if configured, else the database if configured. */
export function readEligibility(reader: SettingReader): EligibilitySettings {
  const timeoutMs = reader.integer('ELIGIBILITY_TIMEOUT_MS', 50, 10_000);
  const token = reader.given('ELIGIBILITY_TOKEN');
  if (token && /[^\x21-\x7e]/.test(token))
    reader.reject('ELIGIBILITY_TOKEN', 'must consist of visible ASCII characters');
  if (reader.given('ELIGIBILITY_URL'))
    return { source: 'shop', url: reader.url('ELIGIBILITY_URL', ['http:', 'https:']), token, timeoutMs };
  if (token) reader.reject('ELIGIBILITY_TOKEN', 'needs ELIGIBILITY_URL');
  return { source: reader.given('DATABASE_URL') ? 'database' : 'none', timeoutMs };
}

/** undefined: only tokens of this service are valid. @param required ENTRY_AUTH=jwt */
export function readIdentityProvider(
  reader: SettingReader,
  required: boolean,
  production: boolean,
): IdentityProviderSettings | undefined {
  const names = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'] as const;
  if (!required && names.every((name) => reader.given(name) === undefined)) return undefined;
  // Without the check of issuer and audience, tokens for other services of the provider would be valid here.
  for (const name of names)
    if (reader.given(name) === undefined)
      reader.reject(
        name,
        required ? 'is required with ENTRY_AUTH=jwt' : 'is missing: the three AUTH_ settings need each other',
      );
  const [jwksUrl, issuer, audience] = [
    reader.given('AUTH_JWKS_URL') === undefined ? '' : reader.url('AUTH_JWKS_URL', ['http:', 'https:']),
    reader.text('AUTH_ISSUER'),
    reader.text('AUTH_AUDIENCE'),
  ];
  if (production && URL.canParse(jwksUrl) && !isProtected(new URL(jwksUrl)))
    reader.reject(
      'AUTH_JWKS_URL',
      'must begin with https:// in production, because an attacker on the network could replace the keys',
    );
  return { jwksUrl, issuer, audience };
}

/** Whether an attacker on the network cannot change the response. */
function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
