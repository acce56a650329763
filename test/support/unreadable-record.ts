/** Records that cannot be folded, one of each kind. */
import type { ConcertId } from '../../src/domain/types.ts';
import type { Installation } from './installation.ts';
import { asksFor, recordsOf, type WrittenRecord } from './producer.ts';

export interface UnreadableRecord extends WrittenRecord {
  /** Expected error code of its dead letter. */
  readonly code: string;
}

/** Records for the partition of a concert. All but the last are detected at once; an unknown schema id after 30 s. */
export async function unreadableRecords(
  installation: Installation,
  concertId: ConcertId,
): Promise<readonly UnreadableRecord[]> {
  const elsewhere = concertElsewhere(installation, concertId);
  const [good, other] = await recordsOf(installation, [
    asksFor(concertId, 'unreadable'),
    asksFor(elsewhere, 'unreadable'),
  ]);
  if (!good || !other) throw new Error('no record was encoded');
  const unknown = Buffer.from(good.value);
  unknown.writeInt32BE(2_000_000_000, 1);
  return [
    { ...good, value: Buffer.from([1, 0, 0xff, 7]), code: 'NOT_WIRE_FORMAT' },
    { ...good, value: Buffer.alloc(900_000, 7), code: 'NOT_WIRE_FORMAT' }, // the topic takes 1 MiB
    { ...good, value: good.value.subarray(0, 12), code: 'MALFORMED_BODY' },
    { ...good, value: await foreignRecord(installation), code: 'FOREIGN_RECORD' },
    { ...good, key: other.key, value: other.value, code: 'WRONG_PARTITION' },
    { ...good, key: `other:${concertId}`, code: 'WRONG_KEY' },
    { ...good, value: unknown, code: 'UNKNOWN_SCHEMA' },
  ];
}

function concertElsewhere(installation: Installation, concertId: ConcertId): ConcertId {
  const here = installation.partitionOf(concertId);
  const names = Array.from({ length: 100 }, (_, number) => `elsewhere-${number}`);
  return names.find((name) => installation.partitionOf(name) !== here) ?? '';
}

/** A value with a registered schema that is no event of the product. */
async function foreignRecord({ prefix, schemaRegistryUrl }: Installation): Promise<Buffer> {
  const fields = [{ name: 'amount', type: 'int' }];
  const schema = JSON.stringify({ type: 'record', name: 'Invoice', namespace: 'other.application', fields });
  const subject = encodeURIComponent(`${prefix}other.application.Invoice`);
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
