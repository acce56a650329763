import { Controller, Get, Header } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { GetProjections } from '../../../application/queries/get-projections.query.ts';
import { RequireAuth } from './auth.hooks.ts';
import { ProjectionsSchema, projectionsToJson } from './schemas/projections.schema.ts';
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
    summary: 'The progress, owner and lag of each partition',
    description: 'Takes about a second, because it measures twice. The command `projections status` prints the same.',
    response: { 200: ref(ProjectionsSchema), ...adminProblems('LOG_UNAVAILABLE', 'PROJECTION_UNAVAILABLE') },
  })
  async show(): Promise<object> {
    return projectionsToJson(await this.queries.execute(new GetProjections()));
  }
}
