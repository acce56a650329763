import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { Logger as Pino } from 'pino';
import { QueueViewReader } from '../application/ports/queue-view.port.ts';
import type { Settings } from '../config/settings.ts';
import type { Buses } from '../infrastructure/driving/cli/cli-context.ts';
import { createLogger } from '../infrastructure/driving/http/logging.ts';
import { AppModule } from './app.module.ts';
import { Backend } from './backend.ts';

const READABLE_WITHIN_MS = 2_000;

/** Works with the use cases as a server has them, none of which starts by itself; lets go of every server afterwards. */
export async function withUseCases<T>(
  settings: Settings,
  writes: boolean,
  work: (buses: Buses) => Promise<T>,
): Promise<T> {
  const { pino: silence } = createLogger('silent');
  const foundation = await foundationOf(settings, writes, silence);
  const module = await AppModule.with({ ...settings, roles: new Set() }, silence, foundation);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    await untilReadable(app.get<QueueViewReader>(QueueViewReader));
    if (writes) await app.get<Backend>(Backend).openLog();
    return await work({ commands: app.get(CommandBus), queries: app.get(QueryBus) });
  } finally {
    await app.close();
  }
}

async function foundationOf(settings: Settings, writes: boolean, silence: Pino): Promise<Provider[]> {
  if (settings.eventLog === 'embedded')
    return (await import('./embedded-commands.ts')).commandAdapters(settings, writes, silence);
  return (await import('./kafka-backend.ts')).kafkaBackend(settings, silence);
}

/** Gives the connection to the view the moment that it takes; if it is away, the command itself will say so. */
async function untilReadable(view: QueueViewReader): Promise<void> {
  const answers = () =>
    view.ping().then(
      () => true,
      () => false,
    );
  for (const deadline = Date.now() + READABLE_WITHIN_MS; !(await answers()) && Date.now() < deadline; ) await pause(20);
}
