import type { Provider } from '@nestjs/common';
import type { StartupStep } from '../application/health/startup.ts';
import type { UsingReplayTools } from '../application/operations/operations.ts';
import type { EventSchemas } from '../application/ports/event-schemas.port.ts';
import type { CliContext, MaintenanceTools } from '../infrastructure/driving/cli/cli-context.ts';

/** How the log and the view of this process start and stop. */
export interface Backend {
  /** Must succeed before the process appends to the log. */
  readonly log: readonly StartupStep[];
  /** Must also succeed before the process writes the view. */
  readonly view: readonly StartupStep[];
  /** Name of the startup step that joins the log subscription. */
  readonly subscription: string;
  /** Opens the log for appending only, for a command. @throws FatalError, QueueError `LOG_UNAVAILABLE` */
  openLog(): Promise<void>;
  /** Connection state by server name, without a request to the server. */
  connections(): Readonly<Record<string, boolean>>;
  /** Number of records sent to the log and not acknowledged. */
  unacknowledged(): number;
  /** Call after the log subscription has stopped. Rejects new records, flushes pending ones and closes all connections. */
  close(): Promise<void>;
}
export const Backend = Symbol('Backend');

/** Builds the adapters of one backend, for the server and for the command line. */
export interface BackendWiring {
  /** The ports and the `Backend` of a server. */
  serverProviders(): Provider[];
  /** The same for one command. @param writes whether it appends to the log. @throws QueueError `LOG_UNAVAILABLE` */
  commandProviders(writes: boolean): Promise<Provider[]>;
  /** Read-only tools. */
  readonly withOperations: UsingReplayTools;
  /** Rebuild and redrive. Closes all connections when the work ends. @throws QueueError */
  withMaintenance<T>(work: (tools: MaintenanceTools) => Promise<T>): Promise<T>;
  /** Creates missing topics. @throws FatalError, QueueError `LOG_UNAVAILABLE` */
  ensureTopics(): ReturnType<CliContext['ensureTopics']>;
  schemas(): EventSchemas;
}

/** Redis client of the rate limiter. If absent, each process counts for itself. */
export const COUNTING_REDIS = Symbol('COUNTING_REDIS');
