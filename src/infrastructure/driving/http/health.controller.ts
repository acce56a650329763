import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Health, type HealthReport } from '../../../application/health/health-report.ts';
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
  constructor(@Inject(Health) private readonly health: Health) {}

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
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    if (!report.ready) reply.code(503);
    return report;
  }
}
