/** Serves the waiting page and forwards its API calls. `node examples/waiting-page/server.ts`; settings: see README.md. */
import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { buildPage } from './build.ts';
import { forward } from './forward.ts';

const {
  PORT = '4100',
  WAITING_ROOM = 'http://127.0.0.1:3000',
  SHOP = '',
  SERVICE_TOKEN = '',
  PAGE_DIRECTORY = join(import.meta.dirname, 'dist'),
} = process.env;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

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

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://page');
  if (pathname.startsWith('/v1/concerts/')) void forward(request, response, WAITING_ROOM, SERVICE_TOKEN);
  else if (pathname === '/config.json') sendConfig(response);
  else sendFile(request, response, pathname === '/' ? '/index.html' : pathname);
});

function sendConfig(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ api: '', shop: SHOP }));
}

function sendFile(request: IncomingMessage, response: ServerResponse, pathname: string): void {
  const file = join(PAGE_DIRECTORY, normalize(pathname));
  const type = TYPES[extname(file)];
  const exists = type !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  if (!exists || request.method !== 'GET') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.\n');
    return;
  }
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  createReadStream(file).pipe(response);
}

server.listen(Number(PORT), '127.0.0.1', () =>
  console.log(`The waiting page is at http://127.0.0.1:${PORT}/?concert=demo`),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
