import type { PartitionProgress, PartitionRecord } from '../../application/ports/queue-view.port.ts';
import type { ConcertId, Offset } from '../../domain/vocabulary.ts';

/**
 * The hash of a partition: one field per concert with its last folded offset, and four of the record's own, whose names no
 * concertId can have. One key, so that it is there as a whole or not at all.
 */
export const PROGRESS_FIELDS = ['@checkpoint', '@owner', '@writtenAt'] as const;

export function partitionRecordOf(fields: Readonly<Record<string, string>>): PartitionRecord | undefined {
  const { '@checkpoint': checkpoint, '@fingerprint': fingerprint, '@vouching': vouching } = fields;
  if (checkpoint === undefined || fingerprint === undefined) return undefined;
  const concerts = Object.entries(fields).filter(([name]) => isConcert(name));
  return {
    checkpoint: Number(checkpoint),
    fingerprint,
    vouching: JSON.parse(vouching ?? 'null') as PartitionRecord['vouching'],
    concerts: new Map(concerts.map(([concertId, offset]) => [concertId, Number(offset)])),
  };
}

/** From PROGRESS_FIELDS and the concert's own, in this order. */
export function progressOf(fields: readonly (string | null)[]): PartitionProgress | undefined {
  const [checkpoint, owner, writtenAt, concertOffset] = fields;
  if (typeof checkpoint !== 'string') return undefined;
  return {
    checkpoint: Number(checkpoint),
    concertOffset: typeof concertOffset === 'string' ? Number(concertOffset) : undefined,
    writtenAt: Number(writtenAt),
    owner: owner ?? '',
  };
}

export function isConcert(field: string): field is ConcertId {
  return !field.startsWith('@');
}

/** As scripts/advance-partition.lua takes it. */
export function partitionArguments(
  record: PartitionRecord,
  owner: string,
  writtenAt: number,
  after: Offset | 'whole',
): string[] {
  const concerts = [...record.concerts].flatMap(([concertId, offset]) => [concertId, String(offset)]);
  const vouching = JSON.stringify(record.vouching);
  return [
    String(record.checkpoint),
    record.fingerprint,
    owner,
    String(writtenAt),
    String(after),
    vouching,
    ...concerts,
  ];
}
