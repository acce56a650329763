import { hash, timingSafeEqual } from 'node:crypto';

/**
 * A comparison with one secret whose duration tells neither where a candidate differs nor how long the secret is.
 *
 * Both sides are hashed first: `timingSafeEqual` needs equal lengths.
 */
export function equalTo(secret: string): (candidate: string) => boolean {
  const expected = digest(secret);
  return (candidate) => timingSafeEqual(digest(candidate), expected);
}

/** In one call: half the time of `createHash`. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
