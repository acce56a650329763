/**
 * A gate for a shop behind a waiting room: it lets in whoever bears a valid admission token of the right concert, as
 * `Authorization: Bearer` or as a cookie, and sends everyone else to the waiting page.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { StandingAdmissions } from './admission-cache.ts';

export interface GateOptions {
  /** Address of concert-queue as this shop reaches it. */
  readonly waitingRoom: string;
  readonly concertId: string;
  /** Where those are sent who are not admitted: a page that asks for entry, waits and claims. */
  readonly waitingPage: string;
  /** Name of the cookie; default `admission`. */
  readonly cookie?: string;
}

/** Who was let in. */
export interface Admitted {
  readonly userId: string;
  /** To be given to `/v1/admissions/complete` when the purchase is done. */
  readonly token: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set behind the gate. */
    admitted: Admitted | null;
  }
}

type Verdict = { readonly admitted: Admitted } | { readonly refused: 'not-admitted' | 'unknown' };

/** Guards all routes of the instance it is registered on that come after it. */
const admissionGate: FastifyPluginCallback<GateOptions> = (shop, options, done) => {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', options.waitingRoom));
  const standing = new StandingAdmissions(options.waitingRoom, options.concertId);
  shop.decorateRequest('admitted', null);
  shop.addHook('onRequest', async (request, reply) => {
    const verdict = await judge(tokenOf(request, options.cookie ?? 'admission'), keys, standing, options.concertId);
    if ('admitted' in verdict) request.admitted = verdict.admitted;
    else return turnAway(request, reply, verdict.refused, options.waitingPage);
  });
  done();
};
// Without this the hook would guard the plugin's own routes only, of which there are none.
export default Object.assign(admissionGate, { [Symbol.for('skip-override')]: true });

/** First the signature, here; then whether the admission still stands, over there: a purchase ends it before its time. */
async function judge(
  token: string | undefined,
  keys: JWTVerifyGetKey,
  standing: StandingAdmissions,
  concertId: string,
): Promise<Verdict> {
  if (token === undefined) return { refused: 'not-admitted' };
  try {
    const userId = userOf(await payloadOf(token, keys, concertId), concertId);
    if (userId === undefined || !(await standing.includes(token))) return { refused: 'not-admitted' };
    return { admitted: { userId, token } };
  } catch (error) {
    if (isForgery(error)) return { refused: 'not-admitted' };
    // No keys or no answer: nobody is let in on a guess, and nobody loses an admission over it.
    return { refused: 'unknown' };
  }
}

async function payloadOf(token: string, keys: JWTVerifyGetKey, concertId: string): Promise<JWTPayload> {
  // The algorithm is ours to choose, never the token's: "none", or HS256 keyed with the public key, end here.
  const checks = { algorithms: ['EdDSA'], audience: concertId, requiredClaims: ['exp', 'sub'] };
  return (await jwtVerify(token, keys, checks)).payload;
}

function userOf({ sub, cid }: JWTPayload, concertId: string): string | undefined {
  return cid === concertId ? sub : undefined;
}

/** jose's errors about the token itself, not about getting the keys. */
function isForgery(error: unknown): boolean {
  const aboutKeys = [errors.JWKSTimeout, errors.JWKSInvalid];
  if (!(error instanceof errors.JOSEError) || aboutKeys.some((kind) => error instanceof kind)) return false;
  return error.code !== 'ERR_JOSE_GENERIC'; // the key set was not answered with 200
}

function tokenOf({ headers }: FastifyRequest, cookie: string): string | undefined {
  const bearer = /^Bearer +([\w.-]+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
}

function turnAway(request: FastifyRequest, reply: FastifyReply, why: 'not-admitted' | 'unknown', waitingPage: string) {
  reply.header('cache-control', 'no-store');
  if (why === 'unknown')
    return reply.code(503).header('retry-after', '1').send({ error: 'The waiting room does not answer. Try again.' });
  if (request.headers.accept?.includes('text/html')) return reply.redirect(waitingPage, 303);
  return reply
    .code(401)
    .header('www-authenticate', 'Bearer')
    .header('link', `<${waitingPage}>; rel="help"`)
    .send({ error: 'Not admitted. Take a place in the waiting room.', waitingPage });
}
