import { Controller, Delete, Header, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { ClaimAdmission } from '../../../application/commands/claim-admission.command.ts';
import { DisqualifyUser } from '../../../application/commands/disqualify-user.command.ts';
import { LeaveQueue } from '../../../application/commands/leave-queue.command.ts';
import { ReinstateUser } from '../../../application/commands/reinstate-user.command.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { EntryToken, RequireAuth } from './auth.hooks.ts';
import { type AdmissionJson, AdmissionSchema, admissionToJson } from './schemas/admission.schema.ts';
import { ConcertParams, UserParams } from './schemas/ids.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { APPEND_CODES, acceptedResponse, adminProblems } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

const tags = ['entries'];
const disqualificationRoute = {
  tags,
  security: [{ adminToken: [] }],
  params: UserParams,
  response: {
    202: acceptedResponse,
    ...adminProblems('CONCERT_NOT_FOUND', 'PROJECTION_UNAVAILABLE', ...APPEND_CODES),
  },
};
const entryRoute = { tags, security: [{ entryToken: [] }], params: ConcertParams };

/** Changes of an entry. `entry.routes.ts` has the requests for entry and the reads. */
@Controller('v1/concerts/:concertId/queue/entries')
export class EntriesController {
  constructor(private readonly commands: CommandBus) {}

  @Delete('me')
  @HttpCode(202)
  @RequireAuth('entry-token')
  @RouteSchema({
    ...entryRoute,
    operationId: 'leaveQueue',
    summary: 'Leaves the queue',
    response: { 202: acceptedResponse, ...problems('UNAUTHENTICATED', 'FORBIDDEN', ...APPEND_CODES) },
  })
  async leave(@EntryToken() token: EntryClaims): Promise<object> {
    return { receipt: await this.commands.execute(new LeaveQueue(token)) };
  }

  @Post('me/claim')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireAuth('entry-token')
  @RouteSchema({
    ...entryRoute,
    operationId: 'claimAdmission',
    summary: 'Claims the admission of a READY entry',
    description:
      'While the entry is ACTIVE, a repeated call returns a token of the same admission. After a 503 the claim may be in the log: repeat the call.',
    response: {
      200: ref(AdmissionSchema),
      ...problems(
        'UNAUTHENTICATED',
        'FORBIDDEN',
        'NOT_READY',
        'ADMISSION_ENDED',
        'PROJECTION_UNAVAILABLE',
        ...APPEND_CODES,
      ),
    },
  })
  async claim(@EntryToken() token: EntryClaims): Promise<AdmissionJson> {
    return admissionToJson(await this.commands.execute(new ClaimAdmission(token)));
  }

  @Delete(':userId')
  @HttpCode(202)
  @RequireAuth('admin')
  @RouteSchema({
    ...disqualificationRoute,
    operationId: 'disqualifyUser',
    summary: "Ends a user's entry and rejects later ones",
  })
  async disqualify(@Param('concertId') concertId: string, @Param('userId') userId: string): Promise<object> {
    return { receipt: await this.commands.execute(new DisqualifyUser(concertId, userId)) };
  }

  @Post(':userId/reinstate')
  @HttpCode(202)
  @RequireAuth('admin')
  @RouteSchema({
    ...disqualificationRoute,
    operationId: 'reinstateUser',
    summary: 'Lifts a disqualification; does not restore the entry',
  })
  async reinstate(@Param('concertId') concertId: string, @Param('userId') userId: string): Promise<object> {
    return { receipt: await this.commands.execute(new ReinstateUser(concertId, userId)) };
  }
}
