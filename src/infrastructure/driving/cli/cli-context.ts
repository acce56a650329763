import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { UsingReplayTools } from '../../../application/operations/operations.ts';
import type { RedriveDeadLetters } from '../../../application/operations/redrive-dead-letters.ts';
import type { FollowRebuild } from '../../../application/operations/request-rebuild.ts';
import type { EventSchemas } from '../../../application/ports/event-schemas.port.ts';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import type { QueueDocument } from '../../../application/queries/queue-document.ts';
import type { Policy } from '../../../domain/events.generated.ts';
import type { ConcertId } from '../../../domain/types.ts';

/** The seam at which a command enters the use cases, as the other doors do. */
export interface Buses {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
}

/** How a setting is told to people: its name, its value unless that is a secret, and where the value comes from. */
export interface SettingRow {
  readonly name: string;
  /** As it is written in the environment; undefined: unset, or a secret. */
  readonly value: string | undefined;
  readonly source: 'environment' | 'default' | 'generated' | 'unset';
  readonly secret: boolean;
  readonly meaning: string;
}

/** What operators mend with. */
export interface MendingTools {
  readonly partitions: number;
  readonly rebuild: FollowRebuild;
  readonly redrive: RedriveDeadLetters;
}

/** What the commands are made of. Nothing is read or connected before a command asks for it. */
export interface CliContext {
  /** Lines for people, or JSON, on standard output. */
  print(text: string): void;
  /** Lines for people on standard error. */
  warn(text: string): void;
  /** The settings in force. @throws FatalError naming what is wrong */
  settings(): readonly SettingRow[];
  /** Creates missing topics and checks all. @throws FatalError, QueueError `LOG_UNAVAILABLE` */
  ensureTopics(): Promise<{ readonly created: readonly string[]; readonly present: readonly string[] }>;
  schemas(): Promise<EventSchemas>;
  /** Runs work on the use cases, and lets go of every server afterwards. @param writes whether it appends to the log */
  useCases<T>(writes: boolean, work: (buses: Buses) => Promise<T>): Promise<T>;
  /** Brings the schema in PostgreSQL up to date. @returns what was run. @throws FatalError */
  migrateDatabase(): Promise<readonly string[]>;
  /** @throws FatalError while PostgreSQL is away, or holds no outbox */
  outboxStatus(): Promise<OutboxStatus>;
  /** The tools that read log and view without taking part. @throws QueueError while one of them is away */
  readonly replay: UsingReplayTools;
  /** Rebuilds and redrives; lets go of every server afterwards. @throws QueueError while one of them is away */
  mending<T>(work: (tools: MendingTools) => Promise<T>): Promise<T>;
  /** Shows how far something is, in place of what was shown before, where people look on. */
  progress(text: string): void;
  /** Writes a file. @throws FatalError when that cannot be done */
  writeLines(path: string, lines: Iterable<string>): Promise<void>;
  /** Resolves when standard output takes more: for whoever prints without end. */
  drained(): Promise<void>;
  /** Aborts when the user interrupts the command, or nobody reads what it prints any more. */
  interrupted(): AbortSignal;
  /** @throws QueueError `INVALID_REQUEST` */
  concertId(text: string): ConcertId;
  /** @param json as the HTTP API takes it. @throws QueueError `INVALID_REQUEST` naming field and rule */
  policy(json: unknown): Promise<Policy>;
  /** As the HTTP API gives it. */
  queueJson(queue: QueueDocument): Promise<Readonly<Record<string, unknown>>>;
  /** Runs the tool of the local stack; resolves with its exit status. @throws FatalError where it is not installed */
  stack(args: readonly string[]): Promise<number>;
}
