/** The part of the API that the benchmark uses. Every baseline must implement it, so that the comparison is fair. */
import { expect, test } from '@jest/globals';
import { eventually } from '../../test/support/eventually.ts';
import type { Accepted, OwnEntry } from './baseline.ts';

export interface ServerUnderContract {
  readonly address: string;
  /** False: the server stores no entries, so it knows no places. */
  readonly keepsEntries: boolean;
}

const CONCERT = 'a-concert';
const path = (address: string): string => `${address}/v1/concerts/${CONCERT}/queue/entries`;

/** @param server evaluated when a test runs */
export function baselineContract(server: () => ServerUnderContract): void {
  const post = (body: string): Promise<Response> =>
    fetch(path(server().address), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const enter = async (userId: string): Promise<Accepted> =>
    (await (await post(JSON.stringify({ userId }))).json()) as Accepted;
  const read = async ({ entryToken }: Accepted): Promise<OwnEntry> => {
    const headers = { authorization: `Bearer ${entryToken}` };
    return (await (await fetch(`${path(server().address)}/me`, { headers })).json()) as OwnEntry;
  };
  const place = (accepted: Accepted): Promise<OwnEntry> =>
    eventually(async () => {
      const entry = await read(accepted);
      return entry.state !== 'PENDING' && entry;
    });

  test('accepts a request with 202, a receipt and a token', async () => {
    const answer = await post('{"userId":"first"}');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('location')).toBe(`/v1/concerts/${CONCERT}/queue/entries/me`);
    expect(await answer.json()).toEqual({
      entryToken: expect.stringMatching(/^[\w.-]{150,260}$/),
      receipt: { topic: expect.any(String), partition: expect.any(Number), offset: expect.any(Number) },
      state: 'PENDING',
      pollAfterMs: expect.any(Number),
    });
  });

  test.each(['', '{}', '{"userId":"a b"}', '{"userId":"x","more":1}', '{"userId":7}', 'not JSON'])(
    'rejects the body %j',
    async (body) => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await answer.json()).toMatchObject({ code: 'INVALID_REQUEST', status: 400 });
    },
  );

  test('gives a request sent after another response the larger receipt', async () => {
    const earlier = await enter('earlier');
    const later = await enter('later');
    expect(later.receipt.offset).toBeGreaterThan(earlier.receipt.offset);
  });

  test('assigns positions in the order of receipts, and keeps the place of a repeated request', async () => {
    if (!server().keepsEntries) {
      expect((await post('{"userId":"one"}')).status).toBe(202);
      return;
    }
    const [one, two] = [await enter('one'), await enter('two')];
    const repeated = await enter('one');
    const [first, second, again] = [await place(one), await place(two), await place(repeated)];
    expect(second).toMatchObject({ userId: 'two', concertId: CONCERT, state: 'WAITING' });
    expect(second.position).toBe((first.position ?? 0) + 1);
    expect(again.position).toBe(first.position);
  });

  test('gives forty concurrent users forty receipts and positions', async () => {
    const users = Array.from({ length: 40 }, (_, index) => `of-many-${index}`);
    const accepted = await Promise.all(users.map(enter));
    expect(new Set(accepted.map(({ receipt }) => receipt.offset)).size).toBe(40);
    if (!server().keepsEntries) return;
    const ordered = accepted.toSorted((a, b) => a.receipt.offset - b.receipt.offset);
    const entries = await Promise.all(ordered.map(place));
    const first = entries[0]?.position ?? 0;
    expect(entries.map(({ position }) => position)).toEqual(users.map((_, index) => first + index));
  });
}
