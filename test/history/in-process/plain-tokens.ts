import { QueueError } from '../../../src/application/errors.ts';
import type {
  AdmissionClaims,
  AdmissionTokens,
  VerifyOptions,
} from '../../../src/application/ports/admission-tokens.port.ts';
import type { EntryClaims, EntryTokens } from '../../../src/application/ports/entry-tokens.port.ts';

/** Unsigned tokens, for tests only. */
export class PlainEntryTokens implements EntryTokens {
  sign(claims: EntryClaims): string {
    return JSON.stringify(claims);
  }
  verify(token: string): EntryClaims {
    return JSON.parse(token) as EntryClaims; // the wire edge
  }
}

export class PlainAdmissionTokens implements AdmissionTokens {
  readonly publicKeys = { keys: [] };

  sign(claims: AdmissionClaims): Promise<string> {
    return Promise.resolve(JSON.stringify(claims));
  }
  async verify(token: string, options: VerifyOptions): Promise<AdmissionClaims> {
    const claims = JSON.parse(token) as AdmissionClaims; // the wire edge
    if (!options.allowExpired && claims.activeUntil <= Date.now()) throw new QueueError('UNAUTHENTICATED', 'expired');
    return await Promise.resolve(claims);
  }
}
