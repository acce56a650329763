import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerClientError } from './client-error.ts';
import { type ConnectionLimitSettings, limitConnections } from './connection-limits.ts';
import { handleInTurn } from './pipelining.ts';
import { sendProblem } from './problem.filter.ts';
import { readBody } from './read-body.ts';
import { DATA_HEADERS } from './security-headers.ts';
import { BODY_LIMIT, INTERNAL_PROBLEM, toProblem } from './to-problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Maximum size of a body in bytes, instead of BODY_LIMIT. */
    bodyLimit?: number;
  }
  interface FastifyInstance {
    /** The client address, as `request.ip`, of a request that Fastify does not route (an upgrade). */
    clientAddress(request: IncomingMessage): string;
  }
}

export interface HttpAdapterSettings extends ConnectionLimitSettings {
  /** Trust all proxies, none, the last n, or these addresses. */
  readonly trustProxy: boolean | number | readonly string[];
}

/**
 * A Fastify adapter with strict validation, limits of time and size, and a parser for JSON alone.
 *
 * It has no middleware: `use()` and Nest's MiddlewareConsumer do not work. Use Fastify's hooks.
 */
export function createHttpAdapter(settings: HttpAdapterSettings): FastifyAdapter {
  const { trustProxy } = settings;
  const isTrustedProxy = trustedProxyOf(trustProxy);
  const adapter = new JsonAdapter({
    skipMiddie: true,
    logger: false,
    trustProxy: trustProxy === false ? false : isTrustedProxy,
    genReqId: requestIdGenerator(),
    bodyLimit: BODY_LIMIT,
    // Longer than the keep-alive of the usual proxies (60 s): the proxy closes first, so it never sends into a closing
    // connection.
    requestTimeout: 10_000,
    keepAliveTimeout: 75_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    // At shutdown: answer the requests received, close idle connections, accept no more.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
    // Let the schemas reject long path parameters: their error names the field.
    routerOptions: { maxParamLength: 2_048 },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply.headers(DATA_HEADERS), toProblem(error) ?? INTERNAL_PROBLEM, request.id),
    clientErrorHandler: answerClientError,
  });
  const fastify = adapter.getInstance();
  fastify.decorate('clientAddress', (request: IncomingMessage) => proxyAddr(request, isTrustedProxy));
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', (request, payload, done) => {
    readBody(payload, request.routeOptions.config.bodyLimit ?? BODY_LIMIT, (error, body) => {
      // Many clients send `content-type: application/json` with an empty body.
      if (error || body === '') done(error);
      else void parse(request, body, done);
    });
  });
  handleInTurn(fastify.server);
  limitConnections(fastify.server, settings, (address) => isTrustedProxy(address, 0));
  closeIdleConnections(fastify);
  return adapter;
}

/** At shutdown a connection becomes idle only after its last response, so close idle connections repeatedly. */
function closeIdleConnections(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    if (fastify.server.listening) {
      const sweep = setInterval(() => fastify.server.closeIdleConnections(), 50);
      fastify.server.once('close', () => clearInterval(sweep));
    }
    done();
  });
}

/** Returns a predicate: whether the proxy with this address, so many hops away, is trusted. */
function trustedProxyOf(trusted: boolean | number | readonly string[]): (address: string, hop: number) => boolean {
  if (typeof trusted === 'number') return (_address, hop) => hop < trusted;
  return typeof trusted === 'boolean' ? () => trusted : proxyAddr.compile([...trusted]);
}

class JsonAdapter extends FastifyAdapter {
  /** Nest would add a parser for forms and replace the JSON parser. */
  override registerParserMiddleware(): void {}

  /** Nest would set its error handler after all routes are registered, too late for routes that are ready by then. */
  override setErrorHandler(): FastifyInstance {
    return this.getInstance();
  }
}

/** Takes `X-Request-Id` of the caller if it is safe to log, else generates an id. */
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
