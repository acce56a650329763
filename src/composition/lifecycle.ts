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
  readonly foundation: Backend;
  readonly feed: LogSubscription;
  readonly projector: Projector;
  readonly admission: AdmissionControl;
  readonly rebuilds: RebuildWorker;
  readonly eligibility: { stop(): Promise<void> };
  readonly database: Database;
}

interface RuntimeSettings {
  /** False: nothing starts by itself; whoever enters by the command line starts what it needs. */
  readonly serves: boolean;
  /** Whether this process folds the log. */
  readonly projects: boolean;
}

/** In which order the parts start and stop. Emits `fatal` with the one error that ends the process. */
export class Lifecycle
  extends EventEmitter<{ fatal: [FatalError] }>
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  #running: Promise<void> | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly settings: RuntimeSettings,
  ) {
    super();
  }

  /** Does not wait: the process is live at once, and ready when everything it needs has answered. */
  onApplicationBootstrap(): void {
    if (this.settings.serves) this.#running = this.#run().catch((error: unknown) => this.#end(error));
  }

  async #run(): Promise<void> {
    const { startup, foundation } = this.parts;
    const logStarted = startup.run(foundation.log);
    // Neither waits for what only the other needs.
    await Promise.all([this.#project(logStarted), this.#relay(logStarted)]);
  }

  async #project(logStarted: Promise<void>): Promise<void> {
    const { startup, foundation, feed, projector, admission, rebuilds } = this.parts;
    await Promise.all([logStarted, startup.run(foundation.view)]);
    if (startup.stopped || !this.settings.projects) return;
    projector.start();
    admission.start();
    rebuilds.start();
    const join = () => feed.start(projector, (error) => this.#end(error));
    await startup.run([{ name: foundation.feed, run: join }]);
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
    const { startup, foundation, feed, projector, admission, rebuilds, eligibility, database } = this.parts;
    startup.stop();
    const relayStopped = database.relay?.stop();
    admission.stop();
    rebuilds.stop();
    await feed.stop();
    projector.stop();
    await Promise.all([this.#running, relayStopped, eligibility.stop(), foundation.close()]);
  }
}
