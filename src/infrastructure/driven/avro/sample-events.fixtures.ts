import type { QueueEvent } from '../../../domain/events.generated.ts';
import type { SchemaIdSource } from './avro-event-codec.ts';
import type { SchemaFile } from './schema-files.ts';

const common = { concertId: 'rock-am-see', occurredAt: 1_790_000_000_000 };
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
const withDraw = {
  maximumWaiting: 1,
  minimumBalance: 9_007_199_254_740_990,
  opensAt: 0,
  beforeOpening: 'draw',
} as const;
const hex = '00ff'.repeat(16);

/** One event of each type, and QueueConfigured with and without optional fields. */
export const sampleEvents: readonly QueueEvent[] = [
  { type: 'QueueConfigured', ...common, policy, drawNonce: null, drawCommitment: null },
  { type: 'QueueConfigured', ...common, policy: { ...policy, ...withDraw }, drawNonce: '0a', drawCommitment: hex },
  { type: 'QueuePaused', ...common },
  { type: 'QueueResumed', ...common },
  { type: 'QueueClosed', ...common },
  { type: 'NoticePosted', ...common, texts: { en: 'The opening is delayed.', ko: '시작이 늦어집니다.' } },
  { type: 'NoticePosted', ...common, texts: {} },
  { type: 'DrawHeld', ...common, seed: hex },
  { type: 'QueueEntryRequested', ...common, userId: 'ann', entryId: 'e-1' },
  { type: 'QueueEntryLeft', ...common, userId: 'ann', tokenOffset: 0 },
  { type: 'UserDisqualified', ...common, userId: 'ann' },
  { type: 'UserReinstated', ...common, userId: 'ann' },
  { type: 'EntriesAdmitted', ...common, through: 9_007_199_254_740_990 },
  { type: 'AdmissionClaimed', ...common, userId: 'ann', tokenOffset: 2_147_483_648 },
  { type: 'AdmissionCompleted', ...common, userId: 'ann', tokenOffset: 7 },
  { type: 'TimePassed', ...common, through: 1_790_000_000_001 },
];

/** Ids without a registry: 1, 2, 3 … in the order of the schemas. Other ids are unknown unless given here. */
export function localIds(others: ReadonlyMap<number, { type: string; text: string }> = new Map()): SchemaIdSource {
  return {
    name: 'the registry',
    remedy: 'Restore it.',
    registerAll: numbered,
    idsOfRegistered: numbered,
    registeredVersions: async () => [],
    schemaOf: async (id) => others.get(id),
  };
}

async function numbered(schemas: readonly SchemaFile[]): Promise<ReadonlyMap<string, number>> {
  return new Map(schemas.map(({ record }, index) => [record, index + 1]));
}
