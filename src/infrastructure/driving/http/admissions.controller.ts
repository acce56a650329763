import { Controller, Get, Header, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { CompleteAdmission } from '../../../application/commands/complete-admission.command.ts';
import {
  type AdmissionClaims,
  type AdmissionKeySet,
  AdmissionTokens,
} from '../../../application/ports/admission-tokens.port.ts';
import { VerifyAdmission } from '../../../application/queries/verify-admission.query.ts';
import { AdmissionToken, RequireAuth } from './auth.hooks.ts';
import { JwkSetSchema, VerifyQuery } from './schemas/admission.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { acceptedResponse, BODY_CODES } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

const tags = ['admissions'];
const security = [{ admissionToken: [] }];

@Controller()
export class AdmissionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(AdmissionTokens) private readonly tokens: AdmissionTokens,
  ) {}

  @Post('v1/admissions/complete')
  @HttpCode(202)
  @RequireAuth('expired-admission-token')
  @RouteSchema({
    tags,
    security,
    operationId: 'completeAdmission',
    summary: 'Completes the admission and frees its slot',
    description: 'The token may have expired. A repeated or late call has no effect.',
    response: {
      202: acceptedResponse,
      ...problems('UNAUTHENTICATED', ...BODY_CODES, 'LOG_UNAVAILABLE', 'OVERLOADED'),
    },
  })
  async complete(@AdmissionToken() admission: AdmissionClaims): Promise<object> {
    return { receipt: await this.commands.execute(new CompleteAdmission(admission)) };
  }

  @Get('v1/admissions/verify')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  @RequireAuth('admission-token')
  @RouteSchema({
    tags,
    security,
    operationId: 'verifyAdmission',
    summary: 'Checks that the admission is still ACTIVE',
    description: "For a proxy's auth request, which reads only the status code.",
    querystring: VerifyQuery,
    response: {
      204: { type: 'null', description: 'The admission is ACTIVE.' },
      ...problems('UNAUTHENTICATED', 'FORBIDDEN', 'PROJECTION_UNAVAILABLE'),
    },
  })
  verify(@AdmissionToken() admission: AdmissionClaims, @Query() { concertId }: VerifyQuery): Promise<void> {
    return this.queries.execute(new VerifyAdmission(admission, concertId));
  }

  @Get('.well-known/jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @RouteSchema({
    tags,
    operationId: 'getAdmissionKeys',
    summary: 'The public keys of admission tokens',
    response: { 200: ref(JwkSetSchema), ...problems() },
  })
  keys(): AdmissionKeySet {
    return this.tokens.publicKeys;
  }
}
