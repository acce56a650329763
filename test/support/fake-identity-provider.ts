/** An identity provider of our own: publishes keys, gives out tokens, and can go away. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** undefined takes a claim away. */
export type Claims = Readonly<Record<string, unknown>>;

interface Key {
  readonly kid: string;
  readonly secret: CryptoKey;
  readonly published: JWK;
}

export class FakeIdentityProvider {
  readonly issuer = 'https://id.example/';
  readonly audience = 'concert-queue';
  /** How often the keys were asked for. */
  asked = 0;
  /** What is published instead of the keys. */
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

  /** For a server's environment. */
  get settings(): Readonly<Record<string, string>> {
    return { AUTH_JWKS_URL: this.jwksUrl, AUTH_ISSUER: this.issuer, AUTH_AUDIENCE: this.audience };
  }

  /** A new key signs from now on; the ones before are no longer published. */
  async rotate(kid: string): Promise<void> {
    this.#keys = [await keyOf(kid)];
  }

  /** A token that is right in everything but what is given. @param by key that signs: the present one, or any other */
  async token(claims: Claims = {}, by: Key = this.key): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { sub: 'ann', iss: this.issuer, aud: this.audience, iat: now, exp: now + 300 };
    return new SignJWT(JSON.parse(JSON.stringify({ ...usual, ...claims })))
      .setProtectedHeader({ alg: 'RS256', kid: by.kid })
      .sign(by.secret);
  }

  get key(): Key {
    const [key] = this.#keys;
    if (!key) throw new Error('there is always a key');
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
    this.asked += 1;
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
