/** An identity provider for tests: publishes keys, issues tokens, and can fail. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** undefined removes a claim. */
export type Claims = Readonly<Record<string, unknown>>;

interface Key {
  readonly kid: string;
  readonly secret: CryptoKey;
  readonly published: JWK;
}

export class FakeIdentityProvider {
  readonly issuer = 'https://id.example/';
  readonly audience = 'concert-queue';
  /** Number of requests for the keys. */
  keyRequests = 0;
  /** Response instead of the keys. */
  instead: { readonly status: number; readonly body: string } | undefined;
  #keys: readonly Key[];

  private constructor(
    private readonly server: Server,
    keys: readonly Key[],
  ) {
    this.#keys = keys;
  }

  static async start(): Promise<FakeIdentityProvider> {
    const server = createServer((_request, response) => issuer.#publish(response));
    const issuer = new FakeIdentityProvider(server, [await keyOf('first')]);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return issuer;
  }

  get jwksUrl(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/keys`;
  }

  /** Settings of a server that uses this provider. */
  get settings(): Readonly<Record<string, string>> {
    return { AUTH_JWKS_URL: this.jwksUrl, AUTH_ISSUER: this.issuer, AUTH_AUDIENCE: this.audience };
  }

  /** Replaces the signing key; earlier keys are no longer published. */
  async rotate(kid: string): Promise<void> {
    this.#keys = [await keyOf(kid)];
  }

  /** A valid token apart from the given claims. @param by signing key; default: the current one */
  async token(claims: Claims = {}, by: Key = this.key): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { sub: 'ann', iss: this.issuer, aud: this.audience, iat: now, exp: now + 300 };
    return new SignJWT(JSON.parse(JSON.stringify({ ...usual, ...claims })))
      .setProtectedHeader({ alg: 'RS256', kid: by.kid })
      .sign(by.secret);
  }

  get key(): Key {
    const [key] = this.#keys;
    if (!key) throw new Error('there is no key');
    return key;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #publish(response: { writeHead(status: number): void; end(body: string): void }): void {
    this.keyRequests += 1;
    const keys = JSON.stringify({ keys: this.#keys.map(({ published }) => published) });
    const { status, body } = this.instead ?? { status: 200, body: keys };
    response.writeHead(status);
    response.end(body);
  }
}

export async function keyOf(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return { kid, secret: privateKey, published: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}
