import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteTable } from './route-table.ts';
import { PROBLEMS, type Problem, problemDocument, problemHeaders } from './schemas/problem.ts';
import { INTERNAL_PROBLEM, toProblem } from './to-problem.ts';

/** Writes every problem document: of use cases, of Fastify's own errors, of unknown paths, and of what nobody foresaw. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('http');

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Another door than this one tells errors in its own way.
    if (host.getType<string>() !== 'http') throw error;
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also as Fastify's own error handler. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const known = toProblem(error);
    if (!known)
      this.#logger.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'unforeseen error');
    // A stream that broke halfway: the status is long gone.
    if (reply.sent) return;
    sendProblem(reply, this.#refined(known ?? INTERNAL_PROBLEM, request), request.id);
  }

  /** A known path with another method is not "not found". */
  #refined(problem: Problem, request: FastifyRequest): Problem {
    // What no route answers may also fail on its way to "not found": a body, a media type.
    if (!request.is404 || problem.code === 'TOO_MANY_REQUESTS' || problem.code === 'OVERLOADED') return problem;
    const allowed = this.routes.methodsOf(request.url);
    if (allowed.length === 0 || allowed.includes(request.method)) return problem;
    const allow = allowed.join(', ');
    return { code: 'METHOD_NOT_ALLOWED', detail: `Here one can ${allow}.`, headers: { allow } };
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): void {
  reply.problemCode = problem.code;
  reply
    .code(PROBLEMS[problem.code].status)
    .headers({ ...problemHeaders(problem), 'x-request-id': requestId })
    // As text: the answer must not depend on the route's own response schemas.
    .send(JSON.stringify(problemDocument(problem.code, problem.detail)));
}
