import type { PartitionCheckpoint, PartitionState } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId, LogTime, Offset } from '../../../domain/types.ts';

/**
 * The hash of a partition: one field per concert with its last folded offset, one per dead letter with its stamp, and five of
 * the record's own; no concertId can have such a name. One key, so that it is there as a whole or not at all.
 */
export const PROGRESS_FIELDS = ['@checkpoint', '@owner', '@writtenAt'] as const;

const DEAD_LETTER = '@dead:';
/** One that is about to be passed over. */
const ANNOUNCED = '@announced:';
const fieldOf = (kind: string, offset: Offset): string => `${kind}${offset}`;
export const deadLetterFields = (offset: Offset): string[] => [
  fieldOf(DEAD_LETTER, offset),
  fieldOf(ANNOUNCED, offset),
];

export function checkpointOf(fields: Readonly<Record<string, string>>): PartitionCheckpoint | undefined {
  const { '@checkpoint': checkpoint, '@fingerprint': fingerprint, '@visibility': visibility } = fields;
  if (checkpoint === undefined || fingerprint === undefined) return undefined;
  const all = Object.entries(fields);
  const concerts = all.filter(([name]) => isConcert(name));
  const deadLetters = all.filter(([name]) => name.startsWith(DEAD_LETTER));
  return {
    checkpoint: Number(checkpoint),
    fingerprint,
    visibility: JSON.parse(visibility ?? 'null') as PartitionCheckpoint['visibility'],
    concerts: new Map(concerts.map(([concertId, offset]) => [concertId, Number(offset)])),
    deadLetters: new Map(
      deadLetters.map(([name, timestamp]) => [Number(name.slice(DEAD_LETTER.length)), Number(timestamp)]),
    ),
  };
}

/** From PROGRESS_FIELDS and the concert's own, in this order. */
export function progressOf(fields: readonly (string | null)[]): PartitionState | undefined {
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
  record: PartitionCheckpoint,
  owner: string,
  writtenAt: number,
  after: Offset | 'whole',
): string[] {
  const concerts = [...record.concerts].flatMap(([concertId, offset]) => [concertId, String(offset)]);
  const marked = (kind: string, marks: ReadonlyMap<Offset, LogTime> = new Map()): string[] =>
    [...marks].flatMap(([offset, timestamp]) => [fieldOf(kind, offset), String(timestamp)]);
  const visibility = JSON.stringify(record.visibility);
  return [
    String(record.checkpoint),
    record.fingerprint,
    owner,
    String(writtenAt),
    String(after),
    visibility,
    ...concerts,
    ...marked(DEAD_LETTER, record.deadLetters),
    ...marked(ANNOUNCED, record.announced),
  ];
}
