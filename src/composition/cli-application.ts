import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { QueueViewReader } from '../application/ports/queue-view.port.ts';
import type { Settings } from '../config/settings.ts';
import type { Buses } from '../infrastructure/driving/cli/cli-context.ts';
import { createLogger } from '../infrastructure/driving/http/logging.ts';
import { AppModule } from './app.module.ts';
import { Backend } from './backend.ts';
import { loadBackend } from './load-backend.ts';

const READABLE_TIMEOUT_MS = 2_000;

/** Runs work on the use cases without an HTTP server and without background work. Closes all connections afterwards. */
export async function withUseCases<T>(
  settings: Settings,
  writes: boolean,
  work: (buses: Buses) => Promise<T>,
): Promise<T> {
  const { pino: silent } = createLogger('silent');
  const backend = await loadBackend(settings, silent);
  const module = await AppModule.with(
    { ...settings, roles: new Set() },
    silent,
    await backend.commandProviders(writes),
  );
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    await untilReadable(app.get<QueueViewReader>(QueueViewReader));
    if (writes) await app.get<Backend>(Backend).openLog();
    return await work({ commands: app.get(CommandBus), queries: app.get(QueryBus) });
  } finally {
    await app.close();
  }
}

/** Waits for the connection to the view. If the view stays unavailable, the command itself reports it. */
async function untilReadable(view: QueueViewReader): Promise<void> {
  const isReadable = () =>
    view.ping().then(
      () => true,
      () => false,
    );
  for (const deadline = Date.now() + READABLE_TIMEOUT_MS; !(await isReadable()) && Date.now() < deadline; )
    await pause(20);
}
