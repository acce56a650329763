import { type Static, Type } from 'typebox';
import type { Admission } from '../../../../application/commands/claim-admission.command.ts';
import { ConcertId } from './ids.schema.ts';
import { named } from './shared.ts';
import { isoTime, Time } from './time.ts';

const strict = { additionalProperties: false } as const;

export const AdmissionSchema = named(
  'Admission',
  Type.Object(
    {
      admissionToken: Type.String({ description: 'Admission token for the protected site: a JWT signed with EdDSA.' }),
      activeUntil: Time,
    },
    { ...strict },
  ),
);
export type AdmissionJson = Static<typeof AdmissionSchema>;

export function admissionToJson({ admissionToken, activeUntil }: Admission): AdmissionJson {
  return { admissionToken, activeUntil: isoTime(activeUntil) };
}

export const VerifyQuery = Type.Object({ concertId: Type.Optional(ConcertId) }, strict);
export type VerifyQuery = Static<typeof VerifyQuery>;

export const JwkSetSchema = named(
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
