import { setTimeout as pause } from 'node:timers/promises';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { LogTime, Offset } from '../../domain/types.ts';
import { logTimeOf } from '../event-log/time-corrections.ts';
import type { TimeCorrections } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { UnreadableRecord } from '../projection/event-reader.ts';
import type { ReplayPorts } from '../projection/partition-history.ts';

const POLL_MS = 200;

export interface TailOptions {
  readonly partitions: readonly number[];
  /** An offset in each partition; `end`: only new records. */
  readonly from: 'start' | 'end' | Offset;
  /** Whether to continue after the current end of the log. */
  readonly follow: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** A record of the log with its event, or the reason why it cannot be read. */
export interface TailedRecord {
  readonly record: LogRecord;
  /** The log time of the record, if a correction changes it. */
  readonly logTime?: LogTime | undefined;
  readonly event?: QueueEvent;
  readonly unreadable?: { readonly code: string; readonly message: string };
}

/** Follows the log, dead letters included: each partition in order, the partitions as their records arrive. */
export async function* tailLog(
  { log, deadLetters, reader }: ReplayPorts,
  options: TailOptions,
): AsyncGenerator<TailedRecord> {
  const { partitions, from, follow, signal } = options;
  const [starts, first] = await Promise.all([log.starts(partitions), log.ends(partitions)]);
  const next = new Map(
    partitions.map((partition) => {
      const [start = 0, end = 0] = [starts.get(partition), first.get(partition)];
      return [partition, from === 'start' ? start : from === 'end' ? end : Math.max(start, from)];
    }),
  );
  let ends = first;
  for (;;) {
    for (const partition of partitions) {
      const [at = 0, end = 0] = [next.get(partition), ends.get(partition)];
      if (at >= end) continue;
      const corrections = await deadLetters.timeCorrections(partition);
      for await (const records of log.read(partition, at, end)) {
        for (const record of records) {
          if (signal.aborted) return;
          yield await read(record, corrections);
        }
      }
      next.set(partition, end);
    }
    if (!follow || signal.aborted) return;
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined); // ended: seen below
    if (signal.aborted) return;
    ends = await log.ends(partitions);
  }

  async function read(record: LogRecord, corrections: TimeCorrections): Promise<TailedRecord> {
    const time = logTimeOf(record, corrections);
    const logTime = time === record.timestamp ? undefined : time;
    try {
      return { record, logTime, event: await reader.read(record) };
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      return { record, logTime, unreadable: { code: error.code, message: error.message } };
    }
  }
}
