import type { DeadLetters } from '../../../application/ports/dead-letters.port.ts';
import type { EventLog } from '../../../application/ports/event-log.port.ts';
import type { QueueViewReader, QueueViewWriter } from '../../../application/ports/queue-view.port.ts';
import type { QueueViewInspector } from '../../../application/ports/queue-view-inspector.port.ts';
import type { RebuildRequests } from '../../../application/ports/rebuild-requests.port.ts';
import type { Redriver } from '../../../application/ports/redriver.port.ts';
import type { LocalLog } from './local-log.ts';
import { MemoryQueueViewInspector } from './memory-queue-view-inspector.ts';
import { MemoryQueueViewReader } from './memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from './memory-queue-view-writer.ts';
import type { MemoryView } from './memory-view.ts';
import { SqliteDeadLetters } from './sqlite-dead-letters.ts';
import { SqliteRedriver } from './sqlite-redriver.ts';

/** Calls that a command can make to the server on its data directory. */
export interface IpcCalls {
  'log.append': EventLog['append'];
  'log.endOffset': EventLog['endOffset'];
  'log.isWritable': EventLog['isWritable'];
  'view.queue': QueueViewReader['queue'];
  'view.entry': QueueViewReader['entry'];
  'view.entries': QueueViewReader['entries'];
  'view.progress': QueueViewReader['progress'];
  'view.deadLetter': QueueViewReader['deadLetter'];
  'view.concerts': QueueViewReader['concerts'];
  'view.ping': QueueViewReader['ping'];
  'view.part': QueueViewInspector['part'];
  'view.partition': QueueViewWriter['partition'];
  'rebuild.request': RebuildRequests['request'];
  'rebuild.latest': RebuildRequests['latest'];
  'rebuild.report': RebuildRequests['report'];
  'redrive.append': Redriver['append'];
  'deadLetters.correctTimes': DeadLetters['correctTimes'];
}

export interface CallMessage {
  readonly id: number;
  readonly call: keyof IpcCalls;
  readonly args: readonly unknown[];
}

export type ReplyMessage = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly code: string | undefined; readonly message: string }
);

/** Implements the calls with the log and the view of this process. */
export function ipcCalls(file: LocalLog, log: EventLog, view: MemoryView, rebuilds: RebuildRequests): IpcCalls {
  const reader = new MemoryQueueViewReader(view);
  const inspector = new MemoryQueueViewInspector(view);
  const checkpoints = new MemoryQueueViewWriter(view, 'read-only');
  const redriver = new SqliteRedriver(file);
  const deadLetters = new SqliteDeadLetters(file);
  return {
    'log.append': (event, urgency) => log.append(event, urgency),
    'log.endOffset': (partition) => log.endOffset(partition),
    'log.isWritable': () => log.isWritable(),
    'view.queue': (concertId) => reader.queue(concertId),
    'view.entry': (concertId, userId) => reader.entry(concertId, userId),
    'view.entries': (concertId, userIds) => reader.entries(concertId, userIds),
    'view.progress': (partition, concertId) => reader.progress(partition, concertId),
    'view.deadLetter': (partition, offset) => reader.deadLetter(partition, offset),
    'view.concerts': (partition) => reader.concerts(partition),
    'view.ping': () => reader.ping(),
    'view.part': (concertId, from) => inspector.part(concertId, from),
    'view.partition': (partition) => checkpoints.partition(partition),
    'rebuild.request': (partition, id, concertId) => rebuilds.request(partition, id, concertId),
    'rebuild.latest': (partition) => rebuilds.latest(partition),
    'rebuild.report': (partition, id, progress) => rebuilds.report(partition, id, progress),
    'redrive.append': (record) => redriver.append(record),
    'deadLetters.correctTimes': (partition, corrections) => deadLetters.correctTimes(partition, corrections),
  };
}
