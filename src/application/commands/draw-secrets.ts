import { createHmac, randomBytes } from 'node:crypto';
import { commitmentOf } from '../../domain/draw.ts';
import type { DrawState } from '../../domain/queue-snapshot.ts';
import type { ConcertId } from '../../domain/types.ts';

/** Derives the seeds of draws, so that every process with the same secrets derives the same seed. */
export class DrawSecrets {
  /** @param secrets the first commits, all reveal; at least one */
  constructor(private readonly secrets: readonly string[]) {
    if (secrets.length === 0) throw new TypeError('at least one secret is needed');
  }

  /** A nonce and the commitment to the seed that follows from it, both in hexadecimal. */
  commit(concertId: ConcertId): { nonce: string; commitment: string } {
    const nonce = randomBytes(16).toString('hex');
    return { nonce, commitment: commitmentOf(seedOf(this.secrets[0] ?? '', concertId, nonce)) };
  }

  /** The seed behind a commitment; undefined when it was made with a secret that is not among ours. */
  reveal(concertId: ConcertId, { nonce, commitment }: DrawState): string | undefined {
    return this.secrets
      .map((secret) => seedOf(secret, concertId, nonce))
      .find((seed) => commitmentOf(seed) === commitment);
  }
}

/** HMAC-SHA256(secret, concertId ‖ nonce), in hexadecimal. */
function seedOf(secret: string, concertId: ConcertId, nonce: string): string {
  return createHmac('sha256', secret).update(concertId).update(nonce).digest('hex');
}
