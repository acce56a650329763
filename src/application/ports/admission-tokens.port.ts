import type { ConcertId, LogTime, Offset, UserId } from '../../domain/types.ts';

/** What an admission token says: this entry, created by the request at this offset, is ACTIVE until then. */
export interface AdmissionClaims {
  readonly userId: UserId;
  readonly concertId: ConcertId;
  /** Of the request that created the entry. */
  readonly offset: Offset;
  /** The token carries it in whole seconds, rounded down. */
  readonly activeUntil: LogTime;
}

/** The public keys of admission tokens, as RFC 7517 writes them: those of Ed25519. */
export interface AdmissionKeySet {
  readonly keys: readonly {
    readonly kty: 'OKP';
    readonly crv: 'Ed25519';
    readonly x: string;
    /** RFC 7638 thumbprint. */
    readonly kid: string;
    readonly alg: 'EdDSA';
    readonly use: 'sig';
  }[];
}

/** Signed proof, for the protected site, that an entry is ACTIVE. */
export interface AdmissionTokens {
  sign(claims: AdmissionClaims): Promise<string>;
  /**
   * @param lapsed whether a token whose time is over is taken too
   * @throws QueueError `UNAUTHENTICATED` for anything that this service did not sign
   */
  verify(token: string, lapsed: 'refused' | 'taken'): Promise<AdmissionClaims>;
  /** With them anyone can check a token without asking. */
  readonly publicKeys: AdmissionKeySet;
}
export const AdmissionTokens = Symbol('AdmissionTokens');
