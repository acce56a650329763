/**
 * A gate for a shop behind a waiting room. It admits requests with a valid admission token of the concert, as
 * `Authorization: Bearer` or as a cookie, and sends all others to the waiting page.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { AdmissionCache } from './admission-cache.ts';

export interface GateOptions {
  /** URL of concert-queue. */
  readonly waitingRoom: string;
  readonly concertId: string;
  /** URL of the page that enters the queue, waits and claims. Requests without admission are redirected to it. */
  readonly waitingPage: string;
  /** Name of the cookie; default `admission`. */
  readonly cookie?: string;
}

/** The admitted user. */
export interface Admitted {
  readonly userId: string;
  /** The token for `/v1/admissions/complete` after the purchase. */
  readonly token: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for every request that has passed the gate. */
    admitted: Admitted | null;
  }
}

type Decision = { readonly admitted: Admitted } | { readonly rejected: 'not-admitted' | 'unknown' };

/** Protects every route that is registered after it on the same instance. */
const admissionGate: FastifyPluginCallback<GateOptions> = (shop, options, done) => {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', options.waitingRoom));
  const admissions = new AdmissionCache(options.waitingRoom, options.concertId);
  shop.decorateRequest('admitted', null);
  shop.addHook('onRequest', async (request, reply) => {
    const decision = await decide(tokenOf(request, options.cookie ?? 'admission'), keys, admissions, options.concertId);
    if ('admitted' in decision) request.admitted = decision.admitted;
    else return reject(request, reply, decision.rejected, options.waitingPage);
  });
  done();
};
// Without this, Fastify would apply the hook to the routes of the plugin only.
export default Object.assign(admissionGate, { [Symbol.for('skip-override')]: true });

/** Checks the signature, then with the waiting room whether the admission is active: a purchase ends it before it expires. */
async function decide(
  token: string | undefined,
  keys: JWTVerifyGetKey,
  admissions: AdmissionCache,
  concertId: string,
): Promise<Decision> {
  if (token === undefined) return { rejected: 'not-admitted' };
  try {
    const userId = userOf(await payloadOf(token, keys, concertId), concertId);
    if (userId === undefined || !(await admissions.isActive(token))) return { rejected: 'not-admitted' };
    return { admitted: { userId, token } };
  } catch (error) {
    if (isForgery(error)) return { rejected: 'not-admitted' };
    // Neither keys nor response: the admission is unknown, so the request is neither admitted nor redirected.
    return { rejected: 'unknown' };
  }
}

async function payloadOf(token: string, keys: JWTVerifyGetKey, concertId: string): Promise<JWTPayload> {
  // The algorithm is fixed: a token with `none`, or HS256 keyed with the public key, is rejected.
  const checks = { algorithms: ['EdDSA'], audience: concertId, requiredClaims: ['exp', 'sub'] };
  return (await jwtVerify(token, keys, checks)).payload;
}

function userOf({ sub, cid }: JWTPayload, concertId: string): string | undefined {
  return cid === concertId ? sub : undefined;
}

/** Errors of jose about the token, not about fetching the keys. */
function isForgery(error: unknown): boolean {
  const keyErrors = [errors.JWKSTimeout, errors.JWKSInvalid];
  if (!(error instanceof errors.JOSEError) || keyErrors.some((kind) => error instanceof kind)) return false;
  return error.code !== 'ERR_JOSE_GENERIC'; // the response with the key set was not 200
}

function tokenOf({ headers }: FastifyRequest, cookie: string): string | undefined {
  const bearer = /^Bearer +([\w.-]+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
}

function reject(request: FastifyRequest, reply: FastifyReply, reason: 'not-admitted' | 'unknown', waitingPage: string) {
  reply.header('cache-control', 'no-store');
  if (reason === 'unknown')
    return reply.code(503).header('retry-after', '1').send({ error: 'The waiting room does not respond. Try again.' });
  if (request.headers.accept?.includes('text/html')) return reply.redirect(waitingPage, 303);
  return reply
    .code(401)
    .header('www-authenticate', 'Bearer')
    .header('link', `<${waitingPage}>; rel="help"`)
    .send({ error: 'Not admitted. Enter the waiting room first.', waitingPage });
}
