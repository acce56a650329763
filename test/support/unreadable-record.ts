/** Records that nobody can fold, one of each kind. */
import type { ConcertId } from '../../src/domain/types.ts';
import type { Installation } from './installation.ts';
import { asksFor, recordsOf, type WrittenRecord } from './producer.ts';

export interface UnreadableRecord extends WrittenRecord {
  /** The code that it must be set aside under. */
  readonly code: string;
}

/** Of the partition of a concert. All but the last are known for what they are at once; an unknown schema id is believed after 30 s. */
export async function unreadableRecords(
  installation: Installation,
  concertId: ConcertId,
): Promise<readonly UnreadableRecord[]> {
  const elsewhere = concertElsewhere(installation, concertId);
  const [good, stranger] = await recordsOf(installation, [asksFor(concertId, 'poisoner'), asksFor(elsewhere, 'ann')]);
  if (!good || !stranger) throw new Error('nothing to poison');
  const unknown = Buffer.from(good.value);
  unknown.writeInt32BE(2_000_000_000, 1);
  return [
    { ...good, value: Buffer.from([1, 0, 0xff, 7]), code: 'NOT_WIRE_FORMAT' },
    { ...good, value: Buffer.alloc(900_000, 7), code: 'NOT_WIRE_FORMAT' }, // the topic takes 1 MiB
    { ...good, value: good.value.subarray(0, 12), code: 'MALFORMED_BODY' },
    { ...good, value: await foreignRecord(installation), code: 'FOREIGN_RECORD' },
    { ...good, key: stranger.key, value: stranger.value, code: 'WRONG_PARTITION' },
    { ...good, key: `somebody-else:${concertId}`, code: 'WRONG_KEY' },
    { ...good, value: unknown, code: 'UNKNOWN_SCHEMA' },
  ];
}

function concertElsewhere(installation: Installation, concertId: ConcertId): ConcertId {
  const here = installation.partitionOf(concertId);
  const names = Array.from({ length: 100 }, (_, number) => `elsewhere-${number}`);
  return names.find((name) => installation.partitionOf(name) !== here) ?? '';
}

/** A value whose schema the registry knows, and which is no event of ours. */
async function foreignRecord({ prefix, schemaRegistryUrl }: Installation): Promise<Buffer> {
  const fields = [{ name: 'amount', type: 'int' }];
  const schema = JSON.stringify({ type: 'record', name: 'Invoice', namespace: 'another.house', fields });
  const subject = encodeURIComponent(`${prefix}another.house.Invoice`);
  const answer = await fetch(`${schemaRegistryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  const { id } = (await answer.json()) as { id: number };
  const value = Buffer.alloc(6);
  value.writeInt32BE(id, 1);
  value[5] = 84;
  return value;
}
