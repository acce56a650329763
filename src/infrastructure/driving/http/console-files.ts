import { join } from 'node:path';
import files from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Only this server's files and API: the page holds the admin token, so it must not load foreign code. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Relative to this file: `dist/console` when built, `apps/console/src` when run from source. */
const CONSOLE_DIRECTORY = import.meta.url.endsWith('.ts') ? '../../../../apps/console/src' : '../../../console';

/** Serves the operator console at `/console`: static files without secrets. The page calls the API with the admin token. */
export async function serveConsole(app: NestFastifyApplication): Promise<void> {
  await app.register(files, {
    root: join(import.meta.dirname, CONSOLE_DIRECTORY),
    prefix: '/console',
    redirect: true,
    decorateReply: false,
    allowedPath: (path) => /(\/|\.(html|css|js|svg))$/.test(path),
    cacheControl: false,
    setHeaders: (reply) => {
      reply.headers({
        'cache-control': 'no-cache',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'referrer-policy': 'no-referrer',
      });
    },
  });
}
