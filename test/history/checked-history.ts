import { setTimeout as pause } from 'node:timers/promises';
import { keyBelongs, partitionOf } from '../../src/application/event-log/partitioner.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { redriveOf } from '../support/fold.ts';
import type { Installation } from '../support/installation.ts';
import { type RawRecord, RegistryDecoder, readTopic } from '../support/log-reader.ts';
import { foldedRecords, loggedRecords } from '../support/progress.ts';
import { storedQueues } from '../support/stored-state.ts';
import { foldedHistory } from './folded-history.ts';
import type { Call, History, LoggedRecord, Outage, PlainEntry, Position, Stored } from './history.ts';

const PROJECTED_WITHIN_MS = 20_000;
const NAMESPACE = 'concert.queue.';

export interface HistoryOptions {
  readonly seed: number;
  readonly calls: readonly Call[];
  readonly outages: readonly Outage[] | ((log: readonly LoggedRecord[]) => readonly Outage[]);
  /** Records read before the log was truncated; the log may now begin in the middle of them. */
  readonly before?: readonly RawRecord[];
}

/** Reads log, dead letters and stored state of an installation, after waiting for the projection to catch up. */
export async function readHistory(
  installation: Installation,
  { seed, calls, outages, before = [] }: HistoryOptions,
): Promise<History> {
  const lag = await lagOf(installation);
  const { log, unreadable } = await readLog(installation, before);
  const letters = await readTopic(installation, installation.names.deadLetterTopic);
  const deadLetters = letters.map(({ headers }) => ({
    partition: Number(headers['dlt-origin-partition']),
    offset: Number(headers['dlt-origin-offset']),
  }));
  const stored = new Map<string, Stored>();
  for (const [concertId, { offset, state, waiting }] of await storedQueues(installation)) {
    const { entries, disqualified } = JSON.parse(state) as { entries: PlainEntry[]; disqualified: string[] }; // the wire edge
    stored.set(concertId, { offset, canonical: state, entries, disqualified, waiting });
  }
  const folded = foldedHistory(log, stored);
  const knownOutages = typeof outages === 'function' ? outages(log) : outages;
  return { seed, calls, log, unreadable, deadLetters, stored, folded, lag, outages: knownOutages };
}

async function lagOf(installation: Installation): Promise<number> {
  const missing = async (): Promise<number> =>
    (await loggedRecords(installation)) - (await foldedRecords(installation));
  const end = performance.now() + PROJECTED_WITHIN_MS;
  while ((await missing()) > 0 && performance.now() < end) await pause(200);
  return missing();
}

async function readLog(
  installation: Installation,
  before: readonly RawRecord[],
): Promise<{ log: LoggedRecord[]; unreadable: Position[] }> {
  const decoder = new RegistryDecoder(installation);
  const log: LoggedRecord[] = [];
  const known = new Set(before.map(nameOf));
  const current = await readTopic(installation, installation.topic);
  const records = [...before, ...current.filter((record) => !known.has(nameOf(record)))];
  const unreadable: Position[] = [];
  for (const record of records) {
    const { partition, offset, timestamp, key, value } = record;
    const event = await eventIn(decoder, value);
    const isOurs =
      event !== undefined &&
      keyBelongs(event, Buffer.from(key)) &&
      partitionOf(event.concertId, installation.partitions) === partition;
    if (isOurs) log.push({ partition, offset, timestamp, event, ...redriveOf(record) });
    else unreadable.push({ partition, offset }); // checked by P8
  }
  return { log, unreadable };
}

const nameOf = ({ partition, offset }: Position): string => `${partition}/${offset}`;

async function eventIn(decoder: RegistryDecoder, value: Buffer): Promise<QueueEvent | undefined> {
  try {
    const { name, fields } = await decoder.decode(value);
    if (!name.startsWith(NAMESPACE)) return undefined;
    return { type: name.slice(NAMESPACE.length), ...fields } as QueueEvent; // the Avro edge
  } catch {
    return undefined;
  }
}
