import { Controller, Delete, Header, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { ClaimAdmission } from '../../../application/commands/claim-admission.command.ts';
import { DisqualifyUser } from '../../../application/commands/disqualify-user.command.ts';
import { LeaveQueue } from '../../../application/commands/leave-queue.command.ts';
import { ReinstateUser } from '../../../application/commands/reinstate-user.command.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { EntryToken, RequireAuth } from './auth.hooks.ts';
import { Admission, type AdmissionJson, admissionToJson } from './schemas/admission.schema.ts';
import { ConcertParams, UserParams } from './schemas/ids.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { APPEND_CODES, acceptedResponse, adminProblems } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

const tags = ['entries'];
const judging = {
  tags,
  security: [{ adminToken: [] }],
  params: UserParams,
  response: {
    202: acceptedResponse,
    ...adminProblems('CONCERT_NOT_FOUND', 'PROJECTION_UNAVAILABLE', ...APPEND_CODES),
  },
};
const owning = { tags, security: [{ entryToken: [] }], params: ConcertParams };

/** What becomes of an entry. Asking for one, and where one stands: crowd-routes.ts. */
@Controller('v1/concerts/:concertId/queue/entries')
export class EntriesController {
  constructor(private readonly commands: CommandBus) {}

  @Delete('me')
  @HttpCode(202)
  @RequireAuth('entry-token')
  @RouteSchema({
    ...owning,
    operationId: 'leaveQueue',
    summary: 'Gives up the place that the token was given for',
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
    ...owning,
    operationId: 'claimAdmission',
    summary: 'Takes the place that was called',
    description:
      'Repeating it while the entry is ACTIVE gives a token of the same admission again. A 503 leaves the claim standing: repeat it.',
    response: {
      200: ref(Admission),
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
  @RouteSchema({ ...judging, operationId: 'disqualifyUser', summary: "Ends a user's entry and refuses further ones" })
  async disqualify(@Param('concertId') concertId: string, @Param('userId') userId: string): Promise<object> {
    return { receipt: await this.commands.execute(new DisqualifyUser(concertId, userId)) };
  }

  @Post(':userId/reinstate')
  @HttpCode(202)
  @RequireAuth('admin')
  @RouteSchema({ ...judging, operationId: 'reinstateUser', summary: 'Lifts a disqualification; restores no entry' })
  async reinstate(@Param('concertId') concertId: string, @Param('userId') userId: string): Promise<object> {
    return { receipt: await this.commands.execute(new ReinstateUser(concertId, userId)) };
  }
}
