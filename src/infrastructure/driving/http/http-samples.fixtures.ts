import { generateKeyPairSync } from 'node:crypto';
import type { EntryDocument } from '../../../application/queries/get-my-entry.query.ts';
import type { PartitionStatus } from '../../../application/queries/projections-status.ts';
import type { QueueDocument } from '../../../application/queries/queue-document.ts';
import { HmacEntryTokens } from '../../driven/tokens/entry-token.hmac.ts';

export const ADMIN = 'the-admin-token-of-the-tests-0123456789';
export const SERVICE = 'the-service-token-of-the-tests-0123456789';
export const entryTokens = new HmacEntryTokens(['the-entry-secret-of-the-tests-0123456789']);
export const admissionKeys = ['first', 'second'].map(() =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const tokenOf = (userId: string, concertId = 'c1'): string =>
  entryTokens.sign({ userId, concertId, partition: 3, offset: 41 });

export const receipt = { topic: 'queue.entry', partition: 3, offset: 41 };
export const document: QueueDocument = {
  concertId: 'c1',
  state: 'OPEN',
  policy: {
    capacity: 500,
    admissionsPerMinute: 600,
    claimWindowSeconds: 60,
    activeWindowSeconds: 600,
    maximumWaiting: null,
    minimumBalance: null,
    opensAt: 1_764_586_800_000,
    beforeOpening: 'reject',
    outcomeRetentionSeconds: 86_400,
  },
  registered: 0,
  waiting: 12,
  ready: 2,
  active: 3,
  admittedThrough: 17,
  admittedPerMinute: 4.2,
  projectedOffset: 99,
  projectedAt: 1_764_586_812_345,
};
/** The same with a notice. */
export const documentWithNotice: QueueDocument = {
  ...document,
  notice: { texts: { en: 'Delayed.', ko: '지연' }, postedAt: 1_764_586_800_007 },
};
export const entry: EntryDocument = {
  concertId: 'c1',
  userId: 'ann',
  state: 'WAITING',
  receipt,
  place: 41,
  position: 3,
  ahead: 2,
  pollAfterMs: 1_500,
  projectedOffset: 99,
};

export const partition: PartitionStatus = {
  partition: 0,
  state: 'stuck',
  reason: 'the owner has not written for 9 s: is any projector running?',
  owner: 'host:1',
  writtenAt: 1_764_586_812_345,
  concerts: 2,
  logEnd: 100,
  projectedOffset: 90,
  lagEvents: 9,
  lagSeconds: 9.25,
  eventsPerSecond: 0,
  deadLetters: 1,
};
