import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerClientError } from './client-error.ts';
import { type ConnectionLimitSettings, limitConnections } from './connection-limits.ts';
import { sendProblem } from './problem.filter.ts';
import { DATA_HEADERS } from './security-headers.ts';
import { BODY_LIMIT, INTERNAL_PROBLEM, toProblem } from './to-problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Of whoever sent it, as `request.ip`, for what never becomes a request of Fastify. */
    clientAddress(request: IncomingMessage): string;
  }
}

export interface HttpAdapterSettings extends ConnectionLimitSettings {
  /** Everyone, nobody, the last n, or these addresses. */
  readonly trustProxy: boolean | number | readonly string[];
}

/**
 * Fastify as this API wants it: strict about what comes in, bounded in time and size, and with one parser, for JSON.
 *
 * There is no middleware: `use()` and Nest's MiddlewareConsumer do not work here, Fastify's hooks do.
 */
export function createHttpAdapter(settings: HttpAdapterSettings): FastifyAdapter {
  const { trustProxy } = settings;
  const isProxy = proxies(trustProxy);
  const adapter = new JsonAdapter({
    skipMiddie: true,
    logger: false,
    trustProxy: trustProxy === false ? false : isProxy,
    genReqId: requestIdGenerator(),
    bodyLimit: BODY_LIMIT,
    // A request has 10 s to arrive. Idle connections live longer than those of the usual proxies (60 s), so that the proxy
    // closes first and never sends into a closing one.
    requestTimeout: 10_000,
    keepAliveTimeout: 75_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    // At shutdown: answer what has come, end idle connections, take no more.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
    // Long parts of a path are judged by the schemas, which name the field.
    routerOptions: { maxParamLength: 2_048 },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply.headers(DATA_HEADERS), toProblem(error) ?? INTERNAL_PROBLEM, request.id),
    clientErrorHandler: answerClientError,
  });
  const fastify = adapter.getInstance();
  fastify.decorate('clientAddress', (request: IncomingMessage) => proxyAddr(request, isProxy));
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients announce JSON and send nothing, for calls that take nothing.
    if (body === '') done(null);
    else void parse(request, String(body), done);
  });
  limitConnections(fastify.server, settings, (address) => isProxy(address, 0));
  closeIdleConnections(fastify);
  return adapter;
}

/** At shutdown a connection on which the last answer went out is idle only then: looked for until all are gone. */
function closeIdleConnections(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    if (fastify.server.listening) {
      const sweep = setInterval(() => fastify.server.closeIdleConnections(), 50);
      fastify.server.once('close', () => clearInterval(sweep));
    }
    done();
  });
}

/** Whether an address, so many hops away, is a proxy that is believed. */
function proxies(trusted: boolean | number | readonly string[]): (address: string, hop: number) => boolean {
  if (typeof trusted === 'number') return (_address, hop) => hop < trusted;
  return typeof trusted === 'boolean' ? () => trusted : proxyAddr.compile([...trusted]);
}

class JsonAdapter extends FastifyAdapter {
  /** Nest would add a parser for forms and replace the one for JSON. */
  override registerParserMiddleware(): void {}

  /** Nest would set its own when all routes are registered: too late for those that Fastify has made ready by then. */
  override setErrorHandler(): FastifyInstance {
    return this.getInstance();
  }
}

/** The caller's own request id if it is harmless, else one of ours. */
function requestIdGenerator(): (request: { readonly headers: IncomingHttpHeaders }) => string {
  const process = randomBytes(6).toString('base64url');
  let last = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given)) return given;
    last += 1;
    return `${process}-${last.toString(36)}`;
  };
}
