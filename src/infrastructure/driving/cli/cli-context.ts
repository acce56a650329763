import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { UsingReplayTools } from '../../../application/operations/operations.ts';
import type { RedriveDeadLetters } from '../../../application/operations/redrive-dead-letters.ts';
import type { FollowRebuild } from '../../../application/operations/request-rebuild.ts';
import type { SkippedBatch } from '../../../application/operations/skip-batch.ts';
import type { CorrectTimes } from '../../../application/operations/time-correction.ts';
import type { EventSchemas } from '../../../application/ports/event-schemas.port.ts';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import type { QueueDocument } from '../../../application/queries/queue-document.ts';
import type { Policy } from '../../../domain/events.generated.ts';
import type { ConcertId, Offset } from '../../../domain/types.ts';

/** The buses that run commands and queries, shared with the HTTP and GraphQL APIs. */
export interface Buses {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
}

/** One setting as `settings check` prints it. */
export interface SettingRow {
  readonly name: string;
  /** The value as text in the environment; undefined if unset or secret. */
  readonly value: string | undefined;
  readonly source: 'environment' | 'default' | 'generated' | 'unset';
  readonly secret: boolean;
  readonly meaning: string;
}

/** Tools that change the projection or the log. */
export interface MaintenanceTools {
  readonly partitions: number;
  readonly rebuild: FollowRebuild;
  readonly redrive: RedriveDeadLetters;
  skipBatch(partition: number, offset: Offset): Promise<SkippedBatch>;
  readonly correctTimes: CorrectTimes;
}

/** What the commands use. No setting is read and no connection is opened before a command needs it. */
export interface CliContext {
  /** Writes text or JSON to standard output. */
  print(text: string): void;
  /** Writes text to standard error. */
  warn(text: string): void;
  /** The current settings. @throws FatalError naming every invalid setting */
  settings(): readonly SettingRow[];
  /** Creates missing topics and checks all. @throws FatalError, QueueError `LOG_UNAVAILABLE` */
  ensureTopics(): Promise<{ readonly created: readonly string[]; readonly present: readonly string[] }>;
  schemas(): Promise<EventSchemas>;
  /** Runs `work` with the buses, then closes every connection. @param writes whether `work` appends to the log */
  withUseCases<T>(writes: boolean, work: (buses: Buses) => Promise<T>): Promise<T>;
  /** Applies missing migrations to PostgreSQL. @returns the names of the applied migrations. @throws FatalError */
  migrateDatabase(): Promise<readonly string[]>;
  /** @throws FatalError if PostgreSQL is unavailable or has no outbox */
  outboxStatus(): Promise<OutboxStatus>;
  /** Runs `work` with the read-only tools for log and view. @throws QueueError if a server is unavailable */
  readonly withOperations: UsingReplayTools;
  /** Runs `work` with rebuild and redrive, then closes every connection. @throws QueueError if a server is unavailable */
  withMaintenance<T>(work: (tools: MaintenanceTools) => Promise<T>): Promise<T>;
  /** Shows progress on standard error, in place of the previous text. Empty text removes it. */
  progress(text: string): void;
  /** Writes a file. @throws FatalError if the file cannot be written */
  writeLines(path: string, lines: Iterable<string>): Promise<void>;
  /** Resolves when standard output accepts more data. */
  drained(): Promise<void>;
  /** Aborts on SIGINT and SIGTERM, and when standard output is closed. */
  interrupted(): AbortSignal;
  /** @throws QueueError `INVALID_REQUEST` */
  concertId(text: string): ConcertId;
  /** @param json in the format of the HTTP API. @throws QueueError `INVALID_REQUEST` naming field and rule */
  policy(json: unknown, nameOf: (field: string) => string): Promise<Policy>;
  /** The queue document in the format of the HTTP API. */
  queueJson(queue: QueueDocument): Promise<Readonly<Record<string, unknown>>>;
  /** Runs the stack tool. @returns its exit status. @throws FatalError if the tool is not installed */
  stack(args: readonly string[]): Promise<number>;
}
