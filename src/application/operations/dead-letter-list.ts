import type { LogTime, Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import { originOf } from '../event-log/dead-letter-headers.ts';
import { allPartitions } from '../event-log/partitioner.ts';
import { recordAt } from '../event-log/record-at.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import { type EventReader, UnreadableRecord } from '../projection/event-reader.ts';
import type { Operations } from './operations.ts';
import { checkRedrive, type RedriveCheck } from './redrive-check.ts';
import { UNDECODABLE_BATCH } from './skip-batch.ts';

/** A skipped record of the log; repeated dead letters of it are merged. */
export interface DeadLetter {
  readonly partition: number;
  /** Of the record in the log. */
  readonly offset: Offset;
  readonly timestamp: LogTime;
  readonly code: string;
  readonly message: string;
  /** RFC 3339, by the clock of the projector that skipped the record. */
  readonly failedAt: string;
  /** Offsets of its dead letters in the dead-letter topic. */
  readonly letters: readonly Offset[];
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The headers of the record itself. */
  readonly headers: LogRecord['headers'];
}

/** All dead letters of a log, by partition and offset. Records that are no dead letters of this log are omitted. */
export async function listDeadLetters(
  letters: LogReader,
  topic: string,
  partitions: readonly number[] = allPartitions(letters.partitions),
): Promise<readonly DeadLetter[]> {
  const [starts, ends] = await Promise.all([letters.starts(partitions), letters.ends(partitions)]);
  const found = new Map<string, DeadLetter>();
  for (const partition of partitions) {
    for await (const records of letters.read(partition, starts.get(partition) ?? 0, ends.get(partition) ?? 0)) {
      for (const record of records) {
        const letter = letterOf(record, topic);
        if (!letter) continue;
        const id = `${letter.partition}/${letter.offset}/${letter.timestamp}`;
        const known = found.get(id);
        found.set(id, known ? { ...known, letters: [...known.letters, record.offset] } : letter);
      }
    }
  }
  return [...found.values()].toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
}

export interface CheckedLetter extends DeadLetter {
  /** What a redrive would find; `unknown` while the view is unavailable. */
  readonly redrive: RedriveCheck['is'] | 'unknown';
}

/** Adds what a redrive of each dead letter would find. */
export async function withRedriveChecks(
  { reader, view }: Pick<Operations, 'reader' | 'view'>,
  letters: readonly DeadLetter[],
): Promise<readonly CheckedLetter[]> {
  const checked: CheckedLetter[] = [];
  if (letters.length === 0) return checked;
  const ports = await view().then(
    (opened) => ({ reader, view: opened }),
    () => undefined,
  );
  for (const letter of letters) {
    const check = await (ports && checkRedrive(ports, letter).catch(() => undefined));
    checked.push({ ...letter, redrive: check?.is ?? 'unknown' });
  }
  return checked;
}

export interface ShownLetter extends DeadLetter {
  /** Whether the log has that record. Otherwise the dead letter belongs to another log of the same name. */
  readonly counts: boolean;
  /** The event for the current reader, or the reason why it still cannot be read. */
  readonly now: { readonly event: unknown } | { readonly code: string; readonly message: string };
}

/** @throws QueueError `NOT_FOUND` when no dead letter names that record */
export async function showDeadLetters(
  ports: {
    readonly letters: LogReader;
    readonly log: LogReader;
    readonly reader: EventReader;
    readonly topic: string;
  },
  partition: number,
  offset: Offset,
): Promise<readonly ShownLetter[]> {
  const all = partition < ports.log.partitions ? await listDeadLetters(ports.letters, ports.topic, [partition]) : [];
  const wanted = all.filter((letter) => letter.offset === offset);
  if (wanted.length === 0) throw new QueueError('NOT_FOUND', `No dead letter names ${partition}/${offset}.`);
  const timestamp = (await recordAt(ports.log, partition, offset))?.timestamp;
  return Promise.all(
    wanted.map(async (letter) => ({
      ...letter,
      counts: letter.timestamp === timestamp,
      now: await decoded(ports, letter),
    })),
  );
}

async function decoded({ reader }: { readonly reader: EventReader }, letter: DeadLetter): Promise<ShownLetter['now']> {
  const { code, message } = letter;
  if (code === UNDECODABLE_BATCH) return { code, message };
  try {
    return { event: await reader.read(letter) };
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    return { code: error.code, message: error.message };
  }
}

function letterOf(record: LogRecord, topic: string): DeadLetter | undefined {
  const header = (name: string): string => record.headers[`dlt-${name}`]?.toString() ?? '';
  const origin = originOf(topic, record);
  if (!origin) return undefined;
  return {
    partition: record.partition,
    ...origin,
    code: header('error-code'),
    message: header('error-message'),
    failedAt: header('failed-at'),
    letters: [record.offset],
    key: record.key,
    value: record.value,
    headers: Object.fromEntries(Object.entries(record.headers).filter(([name]) => !name.startsWith('dlt-'))),
  };
}
