import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { MetricsExporter } from '../../../application/ports/metrics-exporter.port.ts';
import { SingleFlight } from '../../../lib/single-flight.ts';
import { RequireAuth } from './auth.hooks.ts';
import { problems } from './schemas/problem.schema.ts';

@Controller('metrics')
export class MetricsController {
  /** A scrape takes milliseconds of CPU: concurrent requests share one. */
  readonly #scrapes = new SingleFlight<'metrics', Buffer>();

  constructor(@Inject(MetricsExporter) private readonly exporter: MetricsExporter) {}

  @Get()
  @RequireAuth('metrics')
  @Header('cache-control', 'no-store')
  @RouteSchema({
    tags: ['health'],
    operationId: 'getMetrics',
    summary: 'The metrics of this process, in the Prometheus text format',
    response: {
      200: { description: 'Prometheus text format.', content: { 'text/plain': { schema: { type: 'string' } } } },
      ...problems('UNAUTHENTICATED'),
    },
  })
  metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    reply.header('content-type', this.exporter.contentType);
    return this.#scrapes.run('metrics', async () => Buffer.from(await this.exporter.scrape()));
  }
}
