import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
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
import { loadBackend } from './load-backend.ts';

/** The process exits this long after the stop signal, even if the shutdown has not finished. */
const STOP_TIMEOUT_MS = 10_000;

/** Serves until SIGTERM, SIGINT or a fatal error. @param flushTraces runs last, before the process exits */
export async function serve(flushTraces: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  await start(flushTraces).catch((error: unknown) => {
    printError(error);
    process.exit(1);
  });
}

async function start(flushTraces: () => Promise<void>): Promise<void> {
  const settings = readSettings(process.env);
  const { pino, nest } = createLogger(settings.logLevel);
  endOnUncaughtExceptions(pino);
  if (settings.production && settings.trustProxy === true)
    pino.warn('TRUST_PROXY=true lets each caller choose its own address: name the number of proxies or their networks');
  const backend = await loadBackend(settings, pino);
  const app = await NestFactory.create<NestFastifyApplication>(
    await AppModule.with(settings, pino, backend.serverProviders()),
    createHttpAdapter(settings),
    { logger: nest, abortOnError: false },
  );
  await configureHttp(app, settings, {
    authentication: app.get<Authentication>(Authentication),
    limits: app.get<RequestLimits>(RequestLimits),
    entryRateLimiter: app.get(EntryRateLimiter),
  });

  let stopping = false;
  const stop = async (status: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(status || 1), STOP_TIMEOUT_MS).unref();
    await app.close();
    // The trace collector may be unavailable.
    await flushTraces().catch((error: unknown) => printError(error));
    process.exit(status);
  };
  app.get(Lifecycle).on('fatal', (error) => {
    printError(error);
    void stop(1);
  });
  process.once('SIGTERM', () => void stop(0));
  process.once('SIGINT', () => void stop(0));

  try {
    await app.listen(settings.port, settings.host);
    pino.info(`listening on ${await app.getUrl()}`);
  } catch (error) {
    if (!stopping)
      throw isPortInUse(error) ? new FatalError(`PORT ${settings.port} is in use on ${settings.host}.`) : error;
    // The error that stopped the process is printed already.
  }
}

/**
 * Memory may be inconsistent after such an exception, so the process ends at once, without a shutdown. Nothing acknowledged is
 * lost, as with `kill -9`. Its supervisor starts it again.
 */
function endOnUncaughtExceptions(logger: Logger): void {
  // Also unhandled rejections, which Node.js raises as exceptions.
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'the process ends: an exception was not caught');
    printError(err);
    process.exit(1);
  });
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** Prints an error to standard error: a FatalError in one line, any other with its stack. */
function printError(error: unknown): void {
  const message =
    error instanceof FatalError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`concert-queue: ${message}\n`);
}
