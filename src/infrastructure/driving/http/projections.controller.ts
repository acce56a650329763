import { Controller, Get, Header } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { GetProjections } from '../../../application/queries/get-projections.query.ts';
import { RequireAuth } from './auth.hooks.ts';
import { Projections, projectionsToJson } from './schemas/projections.schema.ts';
import { adminProblems } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

@Controller('v1/projections')
export class ProjectionsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Header('cache-control', 'no-store')
  @RequireAuth('admin')
  @RouteSchema({
    tags: ['projections'],
    security: [{ adminToken: [] }],
    operationId: 'getProjections',
    summary: 'How far each partition is projected, by whom, and whether it moves',
    description: 'Takes a second: it looks twice. The same as `projections status` on the command line.',
    response: { 200: ref(Projections), ...adminProblems('LOG_UNAVAILABLE', 'PROJECTION_UNAVAILABLE') },
  })
  async show(): Promise<object> {
    return projectionsToJson(await this.queries.execute(new GetProjections()));
  }
}
