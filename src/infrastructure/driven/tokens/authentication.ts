import type { Authentication } from '../../../application/ports/authentication.port.ts';
import { staticTokens } from './bearer.ts';
import { BearerAuthentication, type SignedTokens } from './bearer-authentication.ts';
import { IdentityProvider, type IdentityProviderOptions } from './identity-provider.jose.ts';

interface AuthenticationSettings {
  readonly entryAuth: 'open' | 'service' | 'jwt';
  readonly identityProvider: IdentityProviderOptions | undefined;
  readonly secrets: { readonly adminToken: string; readonly serviceToken: string | undefined };
}

/** The judge of callers for these settings. Begins to read the keys of the identity provider, if there is one. */
export function authentication(
  { entryAuth, identityProvider, secrets }: AuthenticationSettings,
  signed: SignedTokens,
  warn: (message: string) => void,
): Authentication {
  const house = staticTokens(secrets.adminToken, secrets.serviceToken);
  const provider = identityProvider && new IdentityProvider(identityProvider, warn);
  provider?.refresh();
  return new BearerAuthentication({ house, ...signed, provider }, entryAuth);
}
