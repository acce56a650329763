import type { QueueEvent } from '../../../domain/events.generated.ts';
import type { SchemaIdSource } from './avro-event-codec.ts';
import type { SchemaFile } from './schema-files.ts';

const said = { concertId: 'rock-am-see', occurredAt: 1_790_000_000_000 };
const policy = {
  capacity: 100,
  admissionsPerMinute: 600,
  claimWindowSeconds: 60,
  activeWindowSeconds: 600,
  maximumWaiting: null,
  minimumBalance: null,
  opensAt: null,
  beforeOpening: 'reject',
  outcomeRetentionSeconds: 86_400,
} as const;
const drawn = { maximumWaiting: 1, minimumBalance: 9_007_199_254_740_990, opensAt: 0, beforeOpening: 'draw' } as const;
const hex = '00ff'.repeat(16);

/** One of each, and the one with optional fields both ways. */
export const sampleEvents: readonly QueueEvent[] = [
  { type: 'QueueConfigured', ...said, policy, drawNonce: null, drawCommitment: null },
  { type: 'QueueConfigured', ...said, policy: { ...policy, ...drawn }, drawNonce: '0a', drawCommitment: hex },
  { type: 'QueuePaused', ...said },
  { type: 'QueueResumed', ...said },
  { type: 'QueueClosed', ...said },
  { type: 'DrawHeld', ...said, seed: hex },
  { type: 'QueueEntryRequested', ...said, userId: 'ann', entryId: 'e-1' },
  { type: 'QueueEntryLeft', ...said, userId: 'ann', tokenOffset: 0 },
  { type: 'UserDisqualified', ...said, userId: 'ann' },
  { type: 'UserReinstated', ...said, userId: 'ann' },
  { type: 'EntriesAdmitted', ...said, through: 9_007_199_254_740_990 },
  { type: 'AdmissionClaimed', ...said, userId: 'ann', tokenOffset: 2_147_483_648 },
  { type: 'AdmissionCompleted', ...said, userId: 'ann', tokenOffset: 7 },
  { type: 'TimePassed', ...said, through: 1_790_000_000_001 },
];

/** Ids without a server: 1, 2, 3 … in the order of the schemas; other ids are denied unless given here. */
export function localIds(others: ReadonlyMap<number, { type: string; text: string }> = new Map()): SchemaIdSource {
  return { registerAll: numbered, idsOfRegistered: numbered, schemaOf: async (id) => others.get(id) };
}

async function numbered(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>> {
  return new Map(schemas.map(({ record }, index) => [record, index + 1]));
}
