/** Serves the waiting page and forwards its API calls. `node examples/waiting-page/server.ts`; settings: see README.md. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buildPage } from './build.ts';
import { forward } from './forward.ts';
import { readPage } from './page-files.ts';
import { isSharedRead, SharedReads } from './shared-reads.ts';
import { identify, userOf } from './user-identity.ts';

const {
  PORT = '4100',
  WAITING_ROOM = 'http://127.0.0.1:3000',
  SHOP = '',
  SERVICE_TOKEN = '',
  PAGE_DIRECTORY = join(import.meta.dirname, 'dist'),
} = process.env;

/** Allows the files of the page, and requests to its own origin and the shop. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  `connect-src 'self'${SHOP === '' ? '' : ` ${new URL(SHOP).origin}`}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

buildPage(PAGE_DIRECTORY);
const files = readPage(PAGE_DIRECTORY, { api: '', shop: SHOP });
const sharedReads = new SharedReads(WAITING_ROOM);

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://page');
  if (isSharedRead(request)) void sharedReads.answer(request, response);
  else if (pathname.startsWith('/v1/concerts/') || pathname === '/v1/admissions/complete')
    void forward(request, response, WAITING_ROOM, SERVICE_TOKEN);
  else sendFile(request, response, pathname === '/' ? '/index.html' : pathname);
});

function sendFile(request: IncomingMessage, response: ServerResponse, pathname: string): void {
  const file = files.get(pathname);
  if (!file || request.method !== 'GET') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.\n');
    return;
  }
  const isZipped = request.headers['accept-encoding']?.includes('gzip') === true;
  if (pathname === '/index.html') identify(request, response, userOf(request));
  response.writeHead(200, {
    'content-type': file.type,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, no-cache',
    vary: 'accept-encoding',
    ...(isZipped && { 'content-encoding': 'gzip' }),
  });
  response.end(isZipped ? file.gzipped : file.body);
}

server.listen(Number(PORT), '127.0.0.1', () =>
  console.log(`The waiting page is at http://127.0.0.1:${PORT}/?concert=demo`),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
