import { Controller, Get, Header, Headers, Inject, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { QueueError } from '../../../application/errors.ts';
import { Health, type HealthReport } from '../../../application/health/health-report.ts';
import { publicReport } from '../../../application/health/public-report.ts';
import { Authentication } from '../../../application/ports/authentication.port.ts';
import { Live, Readiness } from './schemas/health.schema.ts';
import { unlimitedProblems } from './schemas/problem.schema.ts';
import { ref } from './schemas/shared.ts';

const tags = ['health'];
const readiness = (description: string) => ({
  description,
  content: { 'application/json': { schema: ref(Readiness) } },
});

@Controller('health')
export class HealthController {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Authentication) private readonly callers: Authentication,
  ) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  @RouteSchema({
    tags,
    operationId: 'getLiveness',
    summary: 'Whether the process answers at all',
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
    summary: 'Whether the roles of this process can do their work',
    response: { 200: readiness('They can.'), 503: readiness('One of them cannot.'), ...unlimitedProblems() },
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
      await this.callers.operator(authorization);
      return true;
    } catch (error) {
      if (error instanceof QueueError) return false;
      throw error;
    }
  }
}
