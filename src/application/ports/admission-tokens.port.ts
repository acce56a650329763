import type { ConcertId, LogTime, Offset, UserId } from '../../domain/types.ts';

/** The content of an admission token: the entry that the request at `offset` created is ACTIVE until `activeUntil`. */
export interface AdmissionClaims {
  readonly userId: UserId;
  readonly concertId: ConcertId;
  /** Offset of the request that created the entry. */
  readonly offset: Offset;
  /** The token carries it in whole seconds, rounded down. */
  readonly activeUntil: LogTime;
}

/** The public Ed25519 keys of admission tokens as a JWK set (RFC 7517). */
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

export interface VerifyOptions {
  /** Accept a token past its `activeUntil`. */
  readonly allowExpired: boolean;
}

/** Signed proof, for the protected site, that an entry is ACTIVE. */
export interface AdmissionTokens {
  sign(claims: AdmissionClaims): Promise<string>;
  /** @throws QueueError `UNAUTHENTICATED` for a token that this service did not sign, or that has expired */
  verify(token: string, options: VerifyOptions): Promise<AdmissionClaims>;
  /** With these keys a third party verifies tokens offline. */
  readonly publicKeys: AdmissionKeySet;
}
export const AdmissionTokens = Symbol('AdmissionTokens');
