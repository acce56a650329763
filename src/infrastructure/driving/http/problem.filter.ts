import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteTable } from './route-table.ts';
import { type ApiProblem, PROBLEMS, problemDocument, problemHeaders } from './schemas/problem.ts';
import { INTERNAL_PROBLEM, toProblem } from './to-problem.ts';

/** Answers all errors as problem documents: of use cases, of Fastify, for unknown paths, and unexpected ones. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('http');

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // The GraphQL API formats its own errors.
    if (host.getType<string>() !== 'http') throw error;
    const http = host.switchToHttp();
    this.reply(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also Fastify's error handler. */
  reply(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const known = toProblem(error);
    if (!known)
      this.#logger.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'internal error');
    // A stream failed after its status was sent.
    if (reply.sent) return;
    sendProblem(reply, this.#withAllowedMethods(known ?? INTERNAL_PROBLEM, request), request.id);
  }

  /** Replaces `NOT_FOUND` when the path exists with other methods. */
  #withAllowedMethods(problem: ApiProblem, request: FastifyRequest): ApiProblem {
    // A request for an unknown path may also fail because of its body, its media type or a limit.
    if (!request.is404 || problem.code === 'TOO_MANY_REQUESTS' || problem.code === 'OVERLOADED') return problem;
    const allowed = this.routes.methodsOf(request.url);
    if (allowed.length === 0 || allowed.includes(request.method)) return problem;
    const allow = allowed.join(', ');
    return { code: 'METHOD_NOT_ALLOWED', detail: `Allowed methods: ${allow}.`, headers: { allow } };
  }
}

export function sendProblem(reply: FastifyReply, problem: ApiProblem, requestId: string): void {
  reply.problemCode = problem.code;
  reply
    .code(PROBLEMS[problem.code].status)
    .headers({ ...problemHeaders(problem), 'x-request-id': requestId })
    // As a string, so that Fastify does not apply the route's response schema.
    .send(JSON.stringify(problemDocument(problem.code, problem.detail)));
}
