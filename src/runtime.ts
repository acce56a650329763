import { EventEmitter } from 'node:events';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { AdmissionControl } from './application/admission/admission-control.ts';
import { FatalError } from './application/errors.ts';
import type { Startup } from './application/health/startup.ts';
import type { Diagnostics } from './application/ports/diagnostics.port.ts';
import type { Projector } from './application/projections/projector.ts';
import type { RebuildDesk } from './application/projections/rebuild-desk.ts';
import type { Database } from './database.ts';
import type { AvroEventCodec } from './infrastructure/avro/avro-event-codec.ts';
import type { KafkaDeadLetters } from './infrastructure/kafka/kafka-dead-letters.ts';
import type { KafkaEventLog } from './infrastructure/kafka/kafka-event-log.ts';
import type { KafkaLogFeed } from './infrastructure/kafka/kafka-log-feed.ts';
import type { KafkaLogReader } from './infrastructure/kafka/kafka-log-reader.ts';
import type { KafkaSettings } from './infrastructure/kafka/kafka-settings.ts';
import { ensureTopics } from './infrastructure/kafka/kafka-topics.ts';
import { checkRedis } from './infrastructure/redis/check-redis.ts';
import type { RedisClient } from './infrastructure/redis/redis-client.ts';

interface Parts {
  readonly startup: Startup;
  readonly codec: AvroEventCodec;
  readonly log: KafkaEventLog;
  readonly feed: KafkaLogFeed;
  readonly deadLetters: KafkaDeadLetters;
  readonly projector: Projector;
  readonly admission: AdmissionControl;
  readonly rebuilds: RebuildDesk;
  /** What rebuilds read the log by. */
  readonly onlooker: KafkaLogReader;
  readonly redis: readonly [RedisClient, RedisClient];
  readonly eligibility: { stop(): Promise<void> };
  readonly database: Database;
}

interface RuntimeSettings {
  readonly kafka: KafkaSettings;
  /** False: nothing starts by itself; whoever enters by the command line starts what it needs. */
  readonly serves: boolean;
  /** Whether this process folds the log. */
  readonly projects: boolean;
}

/** In which order the parts start and stop. Emits `fatal` with the one error that ends the process. */
export class Runtime
  extends EventEmitter<{ fatal: [FatalError] }>
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  #running: Promise<void> | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly settings: RuntimeSettings,
    private readonly diagnostics: Diagnostics,
  ) {
    super();
  }

  /** Does not wait: the process is live at once, and ready when everything it needs has answered. */
  onApplicationBootstrap(): void {
    if (this.settings.serves) this.#running = this.#run().catch((error: unknown) => this.#end(error));
  }

  async #run(): Promise<void> {
    const { startup, codec, log } = this.parts;
    const logStarted = startup.run([
      { name: 'the schema registry', run: () => codec.start() },
      {
        name: 'Kafka',
        run: async () => {
          await ensureTopics(this.settings.kafka, this.diagnostics);
          log.start();
        },
      },
    ]);
    // Neither waits for what only the other needs.
    await Promise.all([this.#project(logStarted), this.#relay(logStarted)]);
  }

  async #project(logStarted: Promise<void>): Promise<void> {
    const { startup, feed, projector, admission, rebuilds, redis } = this.parts;
    const writing = redis[1];
    const check = () => checkRedis(writing, (message) => this.diagnostics.warn(message));
    await Promise.all([logStarted, startup.run([{ name: 'Redis', run: check }])]);
    if (startup.stopped || !this.settings.projects) return;
    projector.start();
    admission.start();
    rebuilds.start();
    const join = () => feed.start(projector, (error) => this.#end(error));
    await startup.run([{ name: 'the consumer group', run: join }]);
  }

  async #relay(logStarted: Promise<void>): Promise<void> {
    const { startup, database } = this.parts;
    if (database.prepare) await startup.run([{ name: 'PostgreSQL', run: database.prepare }]);
    await logStarted;
    if (!startup.stopped) database.relay?.start((error) => this.#end(error));
  }

  #end(error: unknown): void {
    const fatal =
      error instanceof FatalError ? error : new FatalError(`unforeseen: ${String(error)}`, { cause: error });
    this.emit('fatal', fatal);
  }

  /** After the doors are closed: stop reading, write what is in flight, let go of the servers. */
  async onApplicationShutdown(): Promise<void> {
    const { startup, log, feed, deadLetters, projector, admission, rebuilds, onlooker, redis } = this.parts;
    const { eligibility, database } = this.parts;
    startup.stop();
    const relayStopped = database.relay?.stop();
    admission.stop();
    rebuilds.stop();
    await feed.stop();
    projector.stop();
    await Promise.all([this.#running, relayStopped, log.stop(), deadLetters.stop(), eligibility.stop()]);
    await onlooker.close();
    for (const client of redis) client.disconnect();
  }
}
