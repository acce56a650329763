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

/** Where users and their points are looked up. */
export type EligibilitySettings = { readonly timeoutMs: number } & (
  | { readonly from: 'nowhere' | 'database' }
  | { readonly from: 'shop'; readonly url: string; readonly token: string | undefined }
);

/** Who gives users and operators tokens of their own. */
export interface IdentityProviderSettings {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

export function readSchemaRegistry(reader: SettingReader): SchemaRegistrySettings {
  const username = reader.given('SCHEMA_REGISTRY_USERNAME');
  const password = reader.given('SCHEMA_REGISTRY_PASSWORD');
  if (password && !username) reader.refuse('SCHEMA_REGISTRY_PASSWORD', 'needs SCHEMA_REGISTRY_USERNAME');
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

/** The shop's endpoint if it is named, else the database if there is one. */
export function readEligibility(reader: SettingReader): EligibilitySettings {
  const timeoutMs = reader.integer('ELIGIBILITY_TIMEOUT_MS', 50, 10_000);
  const token = reader.given('ELIGIBILITY_TOKEN');
  if (token && /[^\x21-\x7e]/.test(token))
    reader.refuse('ELIGIBILITY_TOKEN', 'must consist of visible ASCII characters');
  if (reader.given('ELIGIBILITY_URL'))
    return { from: 'shop', url: reader.url('ELIGIBILITY_URL', ['http:', 'https:']), token, timeoutMs };
  if (token) reader.refuse('ELIGIBILITY_TOKEN', 'needs ELIGIBILITY_URL');
  return { from: reader.given('DATABASE_URL') ? 'database' : 'nowhere', timeoutMs };
}

/** Whose tokens are trusted; undefined: nobody's but our own. @param needed whether users come with such tokens */
export function readIdentityProvider(
  reader: SettingReader,
  needed: boolean,
  production: boolean,
): IdentityProviderSettings | undefined {
  const names = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'] as const;
  if (!needed && names.every((name) => reader.given(name) === undefined)) return undefined;
  // A token without issuer and audience held against it would be taken from every other service of the same provider.
  for (const name of names)
    if (reader.given(name) === undefined)
      reader.refuse(
        name,
        needed ? 'is required with ENTRY_AUTH=jwt' : 'is missing: the three AUTH_ settings need each other',
      );
  const [jwksUrl, issuer, audience] = [
    reader.given('AUTH_JWKS_URL') === undefined ? '' : reader.url('AUTH_JWKS_URL', ['http:', 'https:']),
    reader.text('AUTH_ISSUER'),
    reader.text('AUTH_AUDIENCE'),
  ];
  if (production && URL.canParse(jwksUrl) && !isProtected(new URL(jwksUrl)))
    reader.refuse(
      'AUTH_JWKS_URL',
      'must begin with https:// in production: whoever changes the keys on their way is anyone',
    );
  return { jwksUrl, issuer, audience };
}

/** Whether nobody on the way can change what comes from there. */
function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
