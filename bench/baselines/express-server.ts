/** Nest with its defaults: on Express, with a controller and a filter. */
import 'reflect-metadata';
import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  Controller,
  type ExceptionFilter,
  Get,
  Header,
  Headers,
  HttpCode,
  HttpException,
  Module,
  Param,
  Post,
  Res,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { type Accepted, type Backend, type OwnEntry, type ServeHttp } from './baseline.ts';
import { INVALID, PROBLEM_TYPE, userOf } from './request.ts';

/** The part of the Express response that is used. */
interface Answer {
  setHeader(name: string, value: string): void;
  status(code: number): Answer;
  end(body: string): void;
}

export const serveExpress: ServeHttp = async (backend, port) => {
  const app = await NestFactory.create(moduleOf(backend), new ExpressAdapter(), { logger: false });
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(port, '127.0.0.1');
};

class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const answer = host.switchToHttp().getResponse<Answer>();
    const status = error instanceof HttpException ? error.getStatus() : 500;
    answer.setHeader('content-type', PROBLEM_TYPE);
    answer.status(status).end(status === 400 ? INVALID : '{}');
  }
}

/** Applies decorators as functions: Node cannot run decorators in TypeScript. */
function moduleOf(backend: Backend): new () => object {
  class Entries {
    async request(concertId: string, body: unknown, answer: Answer): Promise<Accepted> {
      const userId = userOf(concertId, body);
      if (userId === undefined) throw new BadRequestException();
      const accepted = await backend.enter(concertId, userId);
      answer.setHeader('location', `/v1/concerts/${concertId}/queue/entries/me`);
      return accepted;
    }
    async mine(authorization: string): Promise<OwnEntry> {
      return backend.entry(authorization.slice('Bearer '.length));
    }
  }
  const { prototype } = Entries;
  decorate(prototype, 'request', [Post(), HttpCode(202)]);
  Param('concertId')(prototype, 'request', 0);
  Body()(prototype, 'request', 1);
  Res({ passthrough: true })(prototype, 'request', 2);
  decorate(prototype, 'mine', [Get('me'), Header('cache-control', 'no-store')]);
  Headers('authorization')(prototype, 'mine', 0);
  Controller('v1/concerts/:concertId/queue/entries')(Entries);
  class BaselineModule {}
  Module({ controllers: [Entries] })(BaselineModule);
  return BaselineModule;
}

function decorate(prototype: object, method: string, decorators: readonly MethodDecorator[]): void {
  const property = Object.getOwnPropertyDescriptor(prototype, method);
  if (!property) throw new Error(`There is no method ${method}.`);
  for (const decorator of decorators) decorator(prototype, method, property);
}
