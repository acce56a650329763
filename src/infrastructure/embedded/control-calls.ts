import type { EventLog } from '../../application/ports/event-log.port.ts';
import type { QueueViewReader, QueueViewWriter } from '../../application/ports/queue-view.port.ts';
import type { QueueViewInspector } from '../../application/ports/queue-view-inspector.port.ts';
import type { RebuildRequests } from '../../application/ports/rebuild-requests.port.ts';
import type { Redriver } from '../../application/ports/redriver.port.ts';

/** What a command may ask of the server that runs on its data directory: the log to write to, and the view in its memory. */
export interface ControlCalls {
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
  'rebuild.look': RebuildRequests['look'];
  'rebuild.report': RebuildRequests['report'];
  'redrive.append': Redriver['append'];
}

export interface CallMessage {
  readonly id: number;
  readonly call: keyof ControlCalls;
  readonly args: readonly unknown[];
}

export type AnswerMessage = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly code: string | undefined; readonly message: string }
);
