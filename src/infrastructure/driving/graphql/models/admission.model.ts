import { Field, ObjectType } from '@nestjs/graphql';
import type { Admission } from '../../../../application/commands/claim-admission.command.ts';
import { DateTimeScalar } from './scalar-types.ts';

@ObjectType('Admission')
export class AdmissionModel implements Admission {
  @Field(() => String, { description: 'Admission token for the protected site: a JWT signed with EdDSA.' })
  readonly admissionToken!: string;

  @Field(() => DateTimeScalar)
  readonly activeUntil!: number;
}
