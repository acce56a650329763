import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EntryRateLimiter } from '../application/commands/entry-rate-limiter.ts';
import { FatalError } from '../application/errors.ts';
import { Authentication } from '../application/ports/authentication.port.ts';
import { RequestLimits } from '../application/ports/request-limits.port.ts';
import { readSettings } from '../config/settings.ts';
import { configureHttp } from '../infrastructure/driving/http/configure-http.ts';
import { createHttpAdapter } from '../infrastructure/driving/http/http-adapter.ts';
import { createLogger } from '../infrastructure/driving/http/logging.ts';
import { AppModule } from './app.module.ts';
import { Lifecycle } from './lifecycle.ts';

/** A process that has not ended by itself this long after it was told to is ended. */
const STOPPED_WITHIN_MS = 10_000;

/** Serves until it is told to end. @param last what is still to be done then */
export async function serve(last: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  await start(last).catch((error: unknown) => {
    complain(error);
    process.exit(1);
  });
}

async function start(last: () => Promise<void>): Promise<void> {
  const settings = readSettings(process.env);
  const { pino, nest } = createLogger(settings.logLevel);
  const app = await NestFactory.create<NestFastifyApplication>(
    await AppModule.with(settings, pino),
    createHttpAdapter(settings),
    { logger: nest, abortOnError: false },
  );
  await configureHttp(app, settings, {
    callers: app.get<Authentication>(Authentication),
    limits: app.get<RequestLimits>(RequestLimits),
    accepts: app.get(EntryRateLimiter),
  });

  let stopping = false;
  const stop = async (status: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(status || 1), STOPPED_WITHIN_MS).unref();
    await app.close();
    // Nobody may be there to take the traces.
    await last().catch((error: unknown) => complain(error));
    process.exit(status);
  };
  app.get(Lifecycle).on('fatal', (error) => {
    complain(error);
    void stop(1);
  });
  process.once('SIGTERM', () => void stop(0));
  process.once('SIGINT', () => void stop(0));

  try {
    await app.listen(settings.port, settings.host);
    pino.info(`listening on ${await app.getUrl()}`);
  } catch (error) {
    if (!stopping)
      throw isTaken(error) ? new FatalError(`PORT ${settings.port} is in use on ${settings.host}.`) : error;
    // What ended it has been said already.
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** One line for people, on standard error. */
function complain(error: unknown): void {
  const message =
    error instanceof FatalError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`concert-queue: ${message}\n`);
}
