import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

/** A year. Browsers heed it over HTTPS only; it says nothing about other hosts of the shop. */
const hsts = { maxAge: 31_536_000, includeSubDomains: false };

/** Answers of the API are data: nothing in them is to be run, framed, or read by another site without CORS. */
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

/** Pages for people load everything from here, and run nothing that is written into them. */
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

/** Computed once: helmet itself would work them out for each request. */
export const DATA_HEADERS = headersOf(DATA);
const PAGE_HEADERS = headersOf(PAGES);

/** Puts the headers of helmet on every answer of a route, and of unknown paths. */
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
    if (error) throw error instanceof Error ? error : new TypeError('helmet refuses its options', { cause: error });
  });
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}
