import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

/** A year. Browsers apply it over HTTPS only. It does not cover other hosts of the shop. */
const hsts = { maxAge: 31_536_000, includeSubDomains: false };

/** For API responses: browsers must not run or frame them, and other sites read them only with CORS. */
const DATA: HelmetOptions = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  strictTransportSecurity: hsts,
  xFrameOptions: { action: 'deny' },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/** For pages: they load files of this server only and run no inline script. */
const PAGES: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: hsts,
  xFrameOptions: { action: 'deny' },
};
const IS_PAGE = /^\/(?:docs|console)(?:[/?]|$)/;

/** Computed once, because helmet computes them for each request. */
export const DATA_HEADERS = headersOf(DATA);
const PAGE_HEADERS = headersOf(PAGES);

/** Adds helmet's headers to all responses, those for unknown paths too. */
export function setSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, proceed) => {
    reply.headers(IS_PAGE.test(request.url) ? PAGE_HEADERS : DATA_HEADERS);
    proceed();
  });
}

function headersOf(options: HelmetOptions): Readonly<Record<string, string>> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error) throw error instanceof Error ? error : new TypeError('helmet rejected its options', { cause: error });
  });
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}
