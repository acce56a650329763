import { Controller, Get, Header, Headers, Inject, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { QueueError } from '../../../application/errors.ts';
import { Health, type HealthReport } from '../../../application/health/health-report.ts';
import { publicReport } from '../../../application/health/public-report.ts';
import { Authentication } from '../../../application/ports/authentication.port.ts';
import { Live, ReadinessSchema } from './schemas/health.schema.ts';
import { unlimitedProblems } from './schemas/problem.schema.ts';
import { ref } from './schemas/shared.ts';

const tags = ['health'];
const readiness = (description: string) => ({
  description,
  content: { 'application/json': { schema: ref(ReadinessSchema) } },
});

@Controller('health')
export class HealthController {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Authentication) private readonly authentication: Authentication,
  ) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  @RouteSchema({
    tags,
    operationId: 'getLiveness',
    summary: 'Whether the process responds',
    response: { 200: Live, ...unlimitedProblems() },
  })
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @RouteSchema({
    tags,
    operationId: 'getReadiness',
    summary: 'Whether the roles of this process are ready',
    response: {
      200: readiness('All roles are ready.'),
      503: readiness('At least one role is not ready.'),
      ...unlimitedProblems(),
    },
  })
  async ready(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HealthReport> {
    const report = await this.health.report();
    if (!report.ready) reply.code(503);
    return (await this.#isOperator(authorization)) ? report : publicReport(report);
  }

  async #isOperator(authorization: string | undefined): Promise<boolean> {
    if (authorization === undefined) return false;
    try {
      await this.authentication.operator(authorization);
      return true;
    } catch (error) {
      if (error instanceof QueueError) return false;
      throw error;
    }
  }
}
