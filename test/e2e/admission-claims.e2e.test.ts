/** Claims, completions and verifications through one process. The test appends EntriesAdmitted and TimePassed itself. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { AvroEventCodec } from '../../src/infrastructure/driven/avro/avro-event-codec.ts';
import { ConfluentSchemaRegistry } from '../../src/infrastructure/driven/avro/schema-registry.confluent.ts';
import { KafkaEventLog } from '../../src/infrastructure/driven/kafka/kafka-event-log.ts';
import { type Answer, type Api, type EntryAccepted, granted, type Receipt } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

interface Admission {
  readonly admissionToken: string;
  readonly activeUntil: string;
}

const resources = testResources();
let installation: Installation;
let server: ServerProcess;
let api: Api;
let log: KafkaEventLog;

beforeAll(async () => {
  installation = resources.use(await Installation.create());
  server = await installation.start();
  api = installation.apiOf(server);
  const { brokers, names, partitions, schemaRegistryUrl } = installation;
  const codec = new AvroEventCodec(new ConfluentSchemaRegistry({ url: schemaRegistryUrl }), { registerAtStart: true });
  await codec.start();
  const silent = () => undefined;
  log = new KafkaEventLog({ brokers, clientId: 'the-test', ...names, partitions, replicationFactor: 1 }, codec, {
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
  });
  resources.defer(() => log.stop());
  log.start();
}, 120_000);

const enter = async (concertId: string, userId: string) => granted(await api.requestEntry(concertId, userId));
const admits = (concertId: string, through: number) =>
  eventually(() => log.append({ type: 'EntriesAdmitted', concertId, occurredAt: Date.now(), through }));
const timePasses = (concertId: string) =>
  log.append({ type: 'TimePassed', concertId, occurredAt: Date.now(), through: Date.now() + 3_600_000 });
const claim = (concertId: string, token: string): Promise<Answer<Admission>> =>
  api.ask('POST', `/v1/concerts/${concertId}/queue/entries/me/claim`, { token });
const complete = (token: string): Promise<Answer<{ receipt: Receipt }>> =>
  api.ask('POST', '/v1/admissions/complete', { token });
const verify = async (token: string, query = '') =>
  (await api.ask('GET', `/v1/admissions/verify${query}`, { token })).status;

const is = (concertId: string, { entryToken }: EntryAccepted, state: string) =>
  eventually(async () => granted(await api.myEntry(concertId, entryToken)).state === state);
const codeOf = (answer: Answer<unknown>) => (answer.ok ? answer.status : `${answer.status} ${answer.body.code}`);

/** Configures a concert with one slot and admits one user. */
async function readyEntry(concertId: string, policy: object = {}): Promise<EntryAccepted> {
  granted(await api.configure(concertId, { capacity: 1, ...policy }));
  const ann = await enter(concertId, 'ann');
  await admits(concertId, ann.receipt.offset);
  await is(concertId, ann, 'READY');
  return ann;
}

async function activeEntry(concertId: string, policy: object = {}) {
  const ann = await readyEntry(concertId, policy);
  return { ann, ...granted(await claim(concertId, ann.entryToken)) };
}

describe('a claim', () => {
  test('of a READY entry returns a token that verifies with the public keys', async () => {
    const { ann, admissionToken, activeUntil } = await activeEntry('claimed');
    await is('claimed', ann, 'ACTIVE');
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', server.url));
    const { payload } = await jwtVerify(admissionToken, keys, { algorithms: ['EdDSA'], audience: 'claimed' });
    expect(payload).toMatchObject({
      sub: 'ann',
      cid: 'claimed',
      off: ann.receipt.offset,
      exp: Math.floor(Date.parse(activeUntil) / 1_000),
    });
    expect(Math.abs(Date.parse(activeUntil) - Date.now() - 600_000)).toBeLessThan(30_000);
  });

  test('returns the same admission again, in sequence and in parallel', async () => {
    const ann = await readyEntry('again');
    const answers = await Promise.all(Array.from({ length: 10 }, () => claim('again', ann.entryToken)));
    const admissions = [...answers, await claim('again', ann.entryToken)].map(granted);
    expect(new Set(admissions.map(({ activeUntil }) => activeUntil)).size).toBe(1);
    expect(new Set(admissions.map(({ admissionToken }) => decodeJwt(admissionToken).jti)).size).toBe(1);
  });

  test('is rejected while the entry is WAITING, and succeeds when it is READY', async () => {
    const { admissionToken } = await activeEntry('early');
    const bo = await enter('early', 'bo');
    expect(codeOf(await claim('early', bo.entryToken))).toBe('409 NOT_READY');
    await is('early', bo, 'WAITING');
    expect(codeOf(await claim('early', bo.entryToken))).toBe('409 NOT_READY');
    const { receipt } = granted(await complete(admissionToken));
    await eventually(async () => granted(await api.queue('early')).projectedOffset >= receipt.offset);
    await admits('early', bo.receipt.offset);
    await is('early', bo, 'READY');
    expect(codeOf(await claim('early', bo.entryToken))).toBe(200);
  });

  test('is rejected after the claim window', async () => {
    const ann = await readyEntry('late', { claimWindowSeconds: 2 });
    await eventually(
      async () => {
        await timePasses('late');
        return granted(await api.myEntry('late', ann.entryToken)).state === 'EXPIRED';
      },
      { every: 200 },
    );
    expect(codeOf(await claim('late', ann.entryToken))).toBe('409 ADMISSION_ENDED');
  });

  test('is rejected after the active window, even before an expiry event', async () => {
    const { ann, admissionToken } = await activeEntry('over', { activeWindowSeconds: 2 });
    await eventually(async () => codeOf(await claim('over', ann.entryToken)) === '409 ADMISSION_ENDED', { every: 100 });
    expect(await verify(admissionToken)).toBe(401);
    expect(codeOf(await complete(admissionToken))).toBe(202);
  });

  test('with the token of an earlier entry does not affect the current one', async () => {
    const { ann, admissionToken } = await activeEntry('twice');
    granted(await api.leave('twice', ann.entryToken));
    await is('twice', ann, 'LEFT');
    const again = await enter('twice', 'ann');
    await admits('twice', again.receipt.offset);
    await is('twice', again, 'READY');
    expect(codeOf(await claim('twice', ann.entryToken))).toBe('409 ADMISSION_ENDED');
    await is('twice', again, 'READY');
    const present = granted(await claim('twice', again.entryToken));
    const { receipt } = granted(await complete(admissionToken));
    await eventually(async () => granted(await api.queue('twice')).projectedOffset >= receipt.offset);
    expect([await verify(admissionToken), await verify(present.admissionToken)]).toEqual([403, 204]);
  });

  test('succeeds for many users at the same time', async () => {
    granted(await api.configure('room', { capacity: 60 }));
    const fans = await Promise.all(Array.from({ length: 60 }, (_, fan) => enter('room', `fan-${fan}`)));
    await admits('room', Math.max(...fans.map(({ receipt }) => receipt.offset)));
    await Promise.all(fans.map((fan) => is('room', fan, 'READY')));
    const answers = await Promise.all(fans.map(({ entryToken }) => claim('room', entryToken)));
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200]));
  });
});

describe('an admission', () => {
  test('verifies until it is completed, which frees its slot once', async () => {
    const { ann, admissionToken } = await activeEntry('done');
    expect(await verify(admissionToken)).toBe(204);
    expect(await verify(admissionToken, '?concertId=done')).toBe(204);
    expect(await verify(admissionToken, '?concertId=other')).toBe(403);
    const first = granted(await complete(admissionToken));
    await is('done', ann, 'COMPLETED');
    const second = granted(await complete(admissionToken));
    expect(second.receipt).toEqual(ann.receipt); // a completion of a closed entry appends nothing
    const queue = await eventually(async () => {
      const seen: object = granted(await api.queue('done'));
      return 'projectedOffset' in seen && Number(seen.projectedOffset) >= first.receipt.offset && seen;
    });
    expect(queue).toMatchObject({ ready: 0, active: 0 });
    expect(await verify(admissionToken)).toBe(403);
    expect(codeOf(await claim('done', ann.entryToken))).toBe('409 ADMISSION_ENDED');
  });

  test('ends when its user is disqualified', async () => {
    const { ann, admissionToken } = await activeEntry('disqualified');
    const token = installation.adminToken;
    granted(await api.ask('DELETE', '/v1/concerts/disqualified/queue/entries/ann', { token }));
    await is('disqualified', ann, 'DISQUALIFIED');
    expect(await verify(admissionToken)).toBe(403);
    expect(codeOf(await claim('disqualified', ann.entryToken))).toBe('409 ADMISSION_ENDED');
  });
});
