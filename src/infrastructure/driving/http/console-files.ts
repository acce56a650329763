import { join } from 'node:path';
import files from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Its own files and this API, and nothing from anywhere else: who holds the admin token loads no stranger's code. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The console's files: beside dist/ when built, in its own folder when run from source. */
const CONSOLE = import.meta.url.endsWith('.ts') ? '../../../../apps/console/src' : '../../../console';

/** The operator's view at `/console`: static files without a secret. All that it shows it asks of the API, with the admin token. */
export async function serveConsole(app: NestFastifyApplication): Promise<void> {
  await app.register(files, {
    root: join(import.meta.dirname, CONSOLE),
    prefix: '/console',
    redirect: true,
    decorateReply: false,
    allowedPath: (path) => /(\/|\.(html|css|js|svg))$/.test(path),
    cacheControl: false,
    setHeaders: (reply) => {
      reply.headers({
        'cache-control': 'no-cache',
        'content-security-policy': POLICY,
        'referrer-policy': 'no-referrer',
      });
    },
  });
}
