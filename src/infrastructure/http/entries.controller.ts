import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { applicantOf } from '../../application/commands/applicant.ts';
import { ClaimAdmission } from '../../application/commands/claim-admission.command.ts';
import { JudgeUser } from '../../application/commands/judge-user.command.ts';
import { LeaveQueue } from '../../application/commands/leave-queue.command.ts';
import { type EntryAccepted as Accepted, RequestEntry } from '../../application/commands/request-entry.command.ts';
import type { EntryRight } from '../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../application/ports/entry-tokens.port.ts';
import { GetMyEntry } from '../../application/queries/get-my-entry.query.ts';
import { Applying, Door, EntryToken } from './doors.ts';
import { Admission, type AdmissionJson, admissionToJson } from './schemas/admission.schema.ts';
import { Entry, EntryAccepted, type EntryJson, EntryRequest, entryToJson } from './schemas/entry.schema.ts';
import { ConcertParams, UserParams } from './schemas/ids.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { adminProblems, BODY_CODES, receiptedResponse } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

const tags = ['entries'];
const APPEND_CODES = [...BODY_CODES, 'LOG_UNAVAILABLE', 'OVERLOADED'] as const;
const judging = {
  tags,
  security: [{ adminToken: [] }],
  params: UserParams,
  response: {
    202: receiptedResponse,
    ...adminProblems('CONCERT_NOT_FOUND', 'PROJECTION_UNAVAILABLE', ...APPEND_CODES),
  },
};
const owning = { tags, security: [{ entryToken: [] }], params: ConcertParams };

@Controller('v1/concerts/:concertId/queue/entries')
export class EntriesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Door('entry')
  @RouteSchema({
    tags,
    security: [{ serviceToken: [] }, { userToken: [] }, {}],
    operationId: 'requestEntry',
    summary: 'Asks for a place in the queue',
    description:
      'Repeating it keeps the earlier place. With `ENTRY_AUTH=service` the service token is needed, with `ENTRY_AUTH=jwt` a token of the user, and then the body names nobody. A 404 or 409 is a courtesy: the log decides.',
    params: ConcertParams,
    body: ref(EntryRequest),
    response: {
      202: {
        description: 'The request is in the log. Its place is decided.',
        headers: { Location: { type: 'string', description: 'Path of the own entry.' } },
        content: { 'application/json': { schema: ref(EntryAccepted) } },
      },
      ...problems(
        'UNAUTHENTICATED',
        'FORBIDDEN',
        'CONCERT_NOT_FOUND',
        'USER_NOT_FOUND',
        'QUEUE_NOT_OPEN',
        'QUEUE_CLOSED',
        'QUEUE_FULL',
        'INSUFFICIENT_BALANCE',
        'TOO_MANY_REQUESTS',
        'ELIGIBILITY_UNAVAILABLE',
        'PROJECTION_UNAVAILABLE',
        ...APPEND_CODES,
      ),
    },
  })
  request(
    @Param('concertId') concertId: string,
    @Body() body: EntryRequest,
    @Applying() right: EntryRight,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Accepted> {
    const command = new RequestEntry(concertId, applicantOf(body, right));
    return this.commands.execute(command).then((accepted) => {
      reply.header('location', `/v1/concerts/${concertId}/queue/entries/me`);
      return accepted;
    });
  }

  @Get('me')
  @Header('cache-control', 'no-store')
  @Door('entry-token')
  @RouteSchema({
    ...owning,
    operationId: 'getMyEntry',
    summary: 'What became of the request that the token was given for',
    response: { 200: ref(Entry), ...problems('UNAUTHENTICATED', 'FORBIDDEN', 'PROJECTION_UNAVAILABLE') },
  })
  async mine(@EntryToken() token: EntryClaims): Promise<EntryJson> {
    return entryToJson(await this.queries.execute(new GetMyEntry(token)));
  }

  @Delete('me')
  @HttpCode(202)
  @Door('entry-token')
  @RouteSchema({
    ...owning,
    operationId: 'leaveQueue',
    summary: 'Gives up the place that the token was given for',
    response: { 202: receiptedResponse, ...problems('UNAUTHENTICATED', 'FORBIDDEN', ...APPEND_CODES) },
  })
  async leave(@EntryToken() token: EntryClaims): Promise<object> {
    return { receipt: await this.commands.execute(new LeaveQueue(token)) };
  }

  @Post('me/claim')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Door('entry-token')
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
  @Door('admin')
  @RouteSchema({ ...judging, operationId: 'disqualifyUser', summary: "Ends a user's entry and refuses further ones" })
  async disqualify(@Param('concertId') concertId: string, @Param('userId') userId: string): Promise<object> {
    return { receipt: await this.commands.execute(new JudgeUser(concertId, userId, 'disqualify')) };
  }

  @Post(':userId/reinstate')
  @HttpCode(202)
  @Door('admin')
  @RouteSchema({ ...judging, operationId: 'reinstateUser', summary: 'Lifts a disqualification; restores no entry' })
  async reinstate(@Param('concertId') concertId: string, @Param('userId') userId: string): Promise<object> {
    return { receipt: await this.commands.execute(new JudgeUser(concertId, userId, 'reinstate')) };
  }
}
