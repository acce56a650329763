import { Field, ObjectType } from '@nestjs/graphql';
import type { Admission } from '../../../../application/commands/claim-admission.command.ts';
import { DateTimeScalar } from './scalars.ts';

@ObjectType('Admission')
export class AdmissionModel implements Admission {
  @Field(() => String, { description: 'For the protected site: JWT, EdDSA.' })
  readonly admissionToken!: string;

  @Field(() => DateTimeScalar)
  readonly activeUntil!: number;
}
