import { EventEmitter } from 'node:events';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { AdmissionControl } from '../application/admission/admission-control.ts';
import { FatalError } from '../application/errors.ts';
import type { Startup } from '../application/health/startup.ts';
import type { LogSubscription } from '../application/ports/log-subscription.port.ts';
import type { Projector } from '../application/projection/projector.ts';
import type { RebuildWorker } from '../application/projection/rebuild-worker.ts';
import type { Backend } from './backend.ts';
import type { Database } from './postgres.providers.ts';

interface Parts {
  readonly startup: Startup;
  readonly backend: Backend;
  readonly subscription: LogSubscription;
  readonly projector: Projector;
  readonly admission: AdmissionControl;
  readonly rebuilds: RebuildWorker;
  readonly eligibility: { stop(): Promise<void> };
  readonly database: Database;
}

interface LifecycleOptions {
  /** False on the command line: nothing starts in the background. */
  readonly serves: boolean;
  /** Whether this process has the role `projector`. */
  readonly projects: boolean;
}

/** Starts and stops the parts in order. Emits `fatal` with the error that ends the process. */
export class Lifecycle
  extends EventEmitter<{ fatal: [FatalError] }>
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  #running: Promise<void> | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly options: LifecycleOptions,
  ) {
    super();
  }

  /** Does not wait: the process is live at once, and ready after all startup steps have succeeded. */
  onApplicationBootstrap(): void {
    if (this.options.serves) this.#running = this.#run().catch((error: unknown) => this.#end(error));
  }

  async #run(): Promise<void> {
    const { startup, backend } = this.parts;
    const logStarted = startup.run(backend.log);
    // The projector does not wait for PostgreSQL, and the relay does not wait for Redis.
    await Promise.all([this.#project(logStarted), this.#relay(logStarted)]);
  }

  async #project(logStarted: Promise<void>): Promise<void> {
    const { startup, backend, subscription, projector, admission, rebuilds } = this.parts;
    await Promise.all([logStarted, startup.run(backend.view)]);
    if (startup.stopped || !this.options.projects) return;
    projector.start();
    admission.start();
    rebuilds.start();
    const join = () => subscription.start(projector, (error) => this.#end(error));
    await startup.run([{ name: backend.subscription, run: join }]);
  }

  async #relay(logStarted: Promise<void>): Promise<void> {
    const { startup, database } = this.parts;
    if (database.prepare) await startup.run([{ name: 'PostgreSQL', run: database.prepare }]);
    await logStarted;
    if (!startup.stopped) database.relay?.start((error) => this.#end(error));
  }

  #end(error: unknown): void {
    const fatal =
      error instanceof FatalError ? error : new FatalError(`unexpected error: ${String(error)}`, { cause: error });
    this.emit('fatal', fatal);
  }

  /** Runs after the HTTP server has closed: stops reading the log, flushes pending records, closes connections. */
  async onApplicationShutdown(): Promise<void> {
    const { startup, backend, subscription, projector, admission, rebuilds, eligibility, database } = this.parts;
    startup.stop();
    const relayStopped = database.relay?.stop();
    admission.stop();
    rebuilds.stop();
    await subscription.stop();
    projector.stop();
    await Promise.all([this.#running, relayStopped, eligibility.stop(), backend.close()]);
  }
}
