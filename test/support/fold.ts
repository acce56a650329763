/** Folds the log from its first record: the expected state for comparisons with the stored one. */
import { keyBelongs, partitionOf } from '../../src/application/event-log/partitioner.ts';
import { canonicalState } from '../../src/domain/canonical-state.ts';
import type { ConcertQueue } from '../../src/domain/concert-queue.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { foldEvent } from '../../src/domain/fold-event.ts';
import type { ConcertId, LogPosition, Offset } from '../../src/domain/types.ts';
import type { Installation } from './installation.ts';
import { type RawRecord, RegistryDecoder, readTopic } from './log-reader.ts';

export interface LoggedEvent {
  readonly record: RawRecord;
  readonly event: QueueEvent;
}

/** All events of the log without its dead letters, read and decoded by other clients than those of the product. */
export async function readEvents(installation: Installation): Promise<readonly LoggedEvent[]> {
  const decoder = new RegistryDecoder(installation);
  const [records, letters] = await Promise.all([
    readTopic(installation, installation.topic),
    readTopic(installation, installation.names.deadLetterTopic),
  ]);
  const dead = new Set(
    letters.map(
      ({ headers }) =>
        `${headers['dlt-origin-partition']}/${headers['dlt-origin-offset']}/${headers['dlt-origin-timestamp']}`,
    ),
  );
  const events: LoggedEvent[] = [];
  for (const record of records) {
    if (dead.has(`${record.partition}/${record.offset}/${record.timestamp}`)) continue;
    const { name, fields } = await decoder.decode(record.value);
    const event = { type: name.replace('concert.queue.', ''), ...fields } as QueueEvent; // the Avro edge
    if (!keyBelongs(event, Buffer.from(record.key)))
      throw new Error(`${record.partition}/${record.offset} has a wrong key`);
    if (partitionOf(event.concertId, installation.partitions) !== record.partition)
      throw new Error(`${record.partition}/${record.offset} is in a wrong partition`);
    events.push({ record, event });
  }
  return events;
}

/** The queue of each concert, folded up to its offset in `upTo`, if given. */
export function foldEvents(
  events: readonly LoggedEvent[],
  upTo: ReadonlyMap<ConcertId, Offset> = new Map(),
): ReadonlyMap<ConcertId, ConcertQueue> {
  const queues = new Map<ConcertId, ConcertQueue>();
  for (const { event, record } of events) {
    if (record.offset > (upTo.get(event.concertId) ?? Number.POSITIVE_INFINITY)) continue;
    foldEvent(queues, event, { ...record, ...redriveOf(record) });
  }
  return queues;
}

/** Recognizes a redrive by its headers. */
export function redriveOf({ headers }: RawRecord): Pick<LogPosition, 'redriveOf'> {
  const origin = headers['redrive-of'];
  if (origin === undefined) return {};
  return { redriveOf: { offset: Number(origin), timestamp: Number(headers['redrive-of-timestamp']) } };
}

export function stateOf(queue: ConcertQueue): string {
  return canonicalState(queue.save());
}
