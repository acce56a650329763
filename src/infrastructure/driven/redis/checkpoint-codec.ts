import type { PartitionCheckpoint, PartitionState } from '../../../application/ports/queue-view.port.ts';
import type { ConcertId, LogTime, Offset } from '../../../domain/types.ts';

/**
 * The checkpoint hash of a partition: one field per concert with its last folded offset, one per dead letter with its timestamp,
 * and five of its own. Own fields start with `@`, which no concertId can. A single key is either present in full or missing.
 */
export const PARTITION_STATE_FIELDS = ['@checkpoint', '@owner', '@writtenAt'] as const;

const DEAD_LETTER = '@dead:';
/** A record that is about to be skipped. */
const PENDING_SKIP = '@pending:';
const fieldOf = (kind: string, offset: Offset): string => `${kind}${offset}`;
export const deadLetterFields = (offset: Offset): string[] => [
  fieldOf(DEAD_LETTER, offset),
  fieldOf(PENDING_SKIP, offset),
];

export function checkpointOf(fields: Readonly<Record<string, string>>): PartitionCheckpoint | undefined {
  const { '@checkpoint': checkpoint, '@fingerprint': fingerprint, '@visibility': visibility } = fields;
  if (checkpoint === undefined || fingerprint === undefined) return undefined;
  const all = Object.entries(fields);
  const concerts = all.filter(([name]) => isConcertField(name));
  const deadLetters = all.filter(([name]) => name.startsWith(DEAD_LETTER));
  return {
    offset: Number(checkpoint),
    fingerprint,
    visibility: JSON.parse(visibility ?? 'null') as PartitionCheckpoint['visibility'],
    concerts: new Map(concerts.map(([concertId, offset]) => [concertId, Number(offset)])),
    deadLetters: new Map(
      deadLetters.map(([name, timestamp]) => [Number(name.slice(DEAD_LETTER.length)), Number(timestamp)]),
    ),
  };
}

/** From PROGRESS_FIELDS and the concert's own, in this order. */
export function partitionStateOf(fields: readonly (string | null)[]): PartitionState | undefined {
  const [checkpoint, owner, writtenAt, concertOffset] = fields;
  if (typeof checkpoint !== 'string') return undefined;
  return {
    checkpoint: Number(checkpoint),
    concertOffset: typeof concertOffset === 'string' ? Number(concertOffset) : undefined,
    writtenAt: Number(writtenAt),
    owner: owner ?? '',
  };
}

export function isConcertField(field: string): field is ConcertId {
  return !field.startsWith('@');
}

/** ARGV of scripts/advance-partition.lua. */
export function checkpointArguments(
  checkpoint: PartitionCheckpoint,
  owner: string,
  writtenAt: number,
  after: Offset | 'whole',
): string[] {
  const concerts = [...checkpoint.concerts].flatMap(([concertId, offset]) => [concertId, String(offset)]);
  const skips = (kind: string, timestamps: ReadonlyMap<Offset, LogTime> = new Map()): string[] =>
    [...timestamps].flatMap(([offset, timestamp]) => [fieldOf(kind, offset), String(timestamp)]);
  const visibility = JSON.stringify(checkpoint.visibility);
  return [
    String(checkpoint.offset),
    checkpoint.fingerprint,
    owner,
    String(writtenAt),
    String(after),
    visibility,
    ...concerts,
    ...skips(DEAD_LETTER, checkpoint.deadLetters),
    ...skips(PENDING_SKIP, checkpoint.pendingSkips),
  ];
}
