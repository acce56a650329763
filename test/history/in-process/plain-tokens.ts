import { QueueError } from '../../../src/application/errors.ts';
import type { AdmissionClaims, AdmissionTokens } from '../../../src/application/ports/admission-tokens.port.ts';
import type { EntryClaims, EntryTokens } from '../../../src/application/ports/entry-tokens.port.ts';

/** Tokens that anyone could forge: nobody does in here. */
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
  async verify(token: string, lapsed: 'refused' | 'taken'): Promise<AdmissionClaims> {
    const claims = JSON.parse(token) as AdmissionClaims; // the wire edge
    if (lapsed === 'refused' && claims.activeUntil <= Date.now()) throw new QueueError('UNAUTHENTICATED', 'lapsed');
    return await Promise.resolve(claims);
  }
}
