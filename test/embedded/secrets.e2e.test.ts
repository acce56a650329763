/** Rotation of every secret by restarts (docs/operations.md), with tokens and draws from before and after. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { type Api, type EntryAccepted, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const secret = () => randomBytes(24).toString('hex');
const key = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const OLD = { entry: secret(), admission: key(), draw: secret() };
const NEW = { entry: secret(), admission: key(), draw: secret() };

const HOUR_MS = 3_600_000;
const DRAWS = ['drawn-in-time', 'drawn-late'];

describe('changing secrets', () => {
  const resources = testResources();
  let installation: Installation;
  let server: ServerProcess;
  let api: Api;
  /** Entries from before the rotation: one waiting, one admitted. */
  let waiting: EntryAccepted;
  let admitted: EntryAccepted;
  let admission: string;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    await restart([OLD]);
    granted(await api.configure('line', { capacity: 1 }));
    admitted = granted(await api.requestEntry('line', 'ann'));
    waiting = granted(await api.requestEntry('line', 'bo'));
    for (const concertId of DRAWS) {
      granted(await opensIn(HOUR_MS, concertId));
      granted(await api.requestEntry(concertId, 'cy'));
    }
    admission = await claimed();
  }, 180_000);

  /** The first secret signs, all of them verify. */
  async function restart(secrets: readonly (typeof OLD)[], adminToken = installation.adminToken): Promise<void> {
    if (server) expect(await server.stop()).toEqual({ status: 0, signal: null });
    server = await installation.start({
      ENTRY_TOKEN_SECRETS: secrets.map(({ entry }) => entry).join(),
      ADMISSION_PRIVATE_KEYS: secrets.map((one) => one.admission).join(),
      DRAW_SECRETS: secrets.map(({ draw }) => draw).join(),
      ADMIN_TOKEN: adminToken,
    });
    api = installation.apiOf(server);
  }

  const opensIn = (ms: number, concertId: string) =>
    api.configure(concertId, { opensAt: new Date(Date.now() + ms).toISOString(), beforeOpening: 'draw' });
  const queueOf = async (concertId: string) =>
    granted(await api.ask<{ state: string; drawSeed?: string }>('GET', `/v1/concerts/${concertId}/queue`));
  const isHeld = (concertId: string) => eventually(async () => (await queueOf(concertId)).drawSeed !== undefined);
  /** A repeated request may be PENDING until it is projected. */
  const claimed = async (): Promise<string> => {
    const { entryToken: token } = granted(await api.requestEntry('line', 'ann'));
    const claim = () =>
      api.ask<{ admissionToken: string }>('POST', '/v1/concerts/line/queue/entries/me/claim', { token });
    return eventually(async () => granted(await claim()).admissionToken);
  };
  const statusOfEntry = async (token: string) => (await api.myEntry('line', token)).status;
  const statusOfAdmission = async (token: string) => (await api.ask('GET', '/v1/admissions/verify', { token })).status;
  const madeWith = async () =>
    [granted(await api.requestEntry('line', 'bo')).entryToken, await claimed()].map(
      (token) => decodeProtectedHeader(token).kid,
    );
  const published = async () =>
    granted(await api.ask<{ keys: { kid: string }[] }>('GET', '/.well-known/jwks.json')).keys.map(({ kid }) => kid);

  /** Tokens from before the rotation still work. */
  async function oldAreGood(): Promise<void> {
    await eventually(async () => granted(await api.myEntry('line', waiting.entryToken)).position === 1);
    expect(await statusOfEntry(admitted.entryToken)).toBe(200);
    expect(await statusOfAdmission(admission)).toBe(204);
  }

  const ofOld = () => [waiting.entryToken, admission].map((token) => decodeProtectedHeader(token).kid);

  test('1. a new secret behind the old one verifies but does not sign', async () => {
    await restart([OLD, NEW]);
    await oldAreGood();
    expect(await madeWith()).toEqual(ofOld());
    expect(await published()).toHaveLength(2);
  }, 60_000);

  test('2. in front of the old one it signs, and the old one still verifies', async () => {
    await restart([NEW, OLD]);
    await oldAreGood();
    for (const kid of await madeWith()) expect(ofOld()).not.toContain(kid);
    expect(await published()).toEqual([(await madeWith())[1], ofOld()[1]]);
  }, 60_000);

  test('2. a draw committed with the old one is held, even after a policy change', async () => {
    granted(await opensIn(100, 'drawn-in-time'));
    await isHeld('drawn-in-time');
  }, 60_000);

  test('3. without the old one its tokens are rejected, and a repeated request keeps the place', async () => {
    await restart([NEW]);
    await eventually(async () => (await queueOf('line')).state === 'OPEN');
    expect([await statusOfEntry(waiting.entryToken), await statusOfAdmission(admission)]).toEqual([401, 401]);
    const { entryToken } = granted(await api.requestEntry('line', 'bo'));
    await eventually(async () => granted(await api.myEntry('line', entryToken)).position === 1);
    expect(granted(await api.myEntry('line', entryToken)).receipt).toEqual(waiting.receipt);
    expect(await statusOfAdmission(await claimed())).toBe(204);
  }, 60_000);

  test('3. a draw committed with the old one is not held, which is logged, until it is restored', async () => {
    granted(await opensIn(100, 'drawn-late'));
    const words = 'the draw of drawn-late cannot be held: none of DRAW_SECRETS matches its commitment';
    await eventually(() => server.output.includes(words), { within: 20_000 });
    expect((await queueOf('drawn-late')).drawSeed).toBeUndefined();
    await restart([NEW, OLD]);
    await isHeld('drawn-late');
  }, 60_000);

  test('a new ADMIN_TOKEN replaces the old one', async () => {
    const other = secret();
    await restart([NEW], other);
    const status = async (token: string) => (await api.ask('GET', '/v1/queues', { token })).status;
    await eventually(async () => (await status(other)) === 200);
    expect(await status(installation.adminToken)).toBe(401);
  }, 60_000);
});
