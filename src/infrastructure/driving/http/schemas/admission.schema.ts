import { type Static, Type } from 'typebox';
import type { Admission as AdmissionGiven } from '../../../../application/commands/claim-admission.command.ts';
import { ConcertId } from './ids.schema.ts';
import { named } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;

export const Admission = named(
  'Admission',
  Type.Object(
    {
      admissionToken: Type.String({ description: 'For the protected site: JWT, EdDSA.' }),
      activeUntil: Time,
    },
    { ...strict },
  ),
);
export type AdmissionJson = Static<typeof Admission>;

export function admissionToJson({ admissionToken, activeUntil }: AdmissionGiven): AdmissionJson {
  return { admissionToken, activeUntil: isoTime(activeUntil) };
}

export const VerifyQuery = Type.Object({ concertId: Type.Optional(ConcertId) }, strict);
export type VerifyQuery = Static<typeof VerifyQuery>;

export const JwkSet = named(
  'JwkSet',
  Type.Object(
    {
      keys: Type.Array(
        Type.Object(
          {
            kty: Type.Literal('OKP'),
            crv: Type.Literal('Ed25519'),
            x: Type.String({ description: 'The public key, base64url.' }),
            kid: Type.String({ description: 'RFC 7638 thumbprint.' }),
            alg: Type.Literal('EdDSA'),
            use: Type.Literal('sig'),
          },
          strict,
        ),
      ),
    },
    { ...strict, description: 'RFC 7517.' },
  ),
);
