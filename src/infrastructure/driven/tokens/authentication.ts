import type { Authentication } from '../../../application/ports/authentication.port.ts';
import { staticTokens } from './bearer.ts';
import { BearerAuthentication, type SignedTokens } from './bearer-authentication.ts';
import { IdentityProvider, type IdentityProviderOptions } from './identity-provider.jose.ts';

interface AuthenticationOptions {
  readonly entryAuth: 'open' | 'service' | 'jwt';
  readonly identityProvider: IdentityProviderOptions | undefined;
  readonly secrets: {
    readonly adminToken: string;
    readonly serviceToken: string | undefined;
    readonly metricsToken: string | undefined;
  };
}

/** Builds the authentication. Starts to fetch the keys of the identity provider, if one is configured. */
export function authentication(
  { entryAuth, identityProvider, secrets }: AuthenticationOptions,
  signed: SignedTokens,
  warn: (message: string) => void,
): Authentication {
  const provider = identityProvider && new IdentityProvider(identityProvider, warn);
  provider?.refresh();
  return new BearerAuthentication(
    { staticTokens: staticTokens(secrets.adminToken, secrets.serviceToken, secrets.metricsToken), ...signed, provider },
    entryAuth,
  );
}
