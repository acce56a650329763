import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { MetricsExporter } from '../../../application/ports/metrics-exporter.port.ts';
import { RequireAuth } from './auth.hooks.ts';
import { problems } from './schemas/problem.schema.ts';

@Controller('metrics')
export class MetricsController {
  constructor(@Inject(MetricsExporter) private readonly page: MetricsExporter) {}

  @Get()
  @RequireAuth('metrics')
  @Header('cache-control', 'no-store')
  @RouteSchema({
    tags: ['health'],
    operationId: 'getMetrics',
    summary: 'What this process tells Prometheus',
    response: {
      200: { description: 'Prometheus text.', content: { 'text/plain': { schema: { type: 'string' } } } },
      ...problems('UNAUTHENTICATED'),
    },
  })
  metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', this.page.contentType);
    return this.page.scrape();
  }
}
