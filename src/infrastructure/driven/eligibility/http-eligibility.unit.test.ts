import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { describeEligibility, TIMEOUT_MS } from '../../../application/ports/eligibility.contract.ts';
import { HttpEligibility } from './http-eligibility.ts';

const said: string[] = [];
const hear = (message: string): void => void said.push(message);
const diagnostics = { debug: hear, info: hear, warn: hear, error: hear };
const UNAVAILABLE = { code: 'ELIGIBILITY_UNAVAILABLE' };
const RESET_MS = 200;

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A shop's endpoint: a real server on a port of its own. */
class Shop {
  readonly asked: {
    readonly method: string;
    readonly url: string;
    readonly authorization: string;
    readonly body: string;
  }[] = [];
  answer: Answer = json({ user: null });
  #server: Server | undefined;
  #port = 0;

  async open(): Promise<this> {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.asked.push({ method, url, authorization: headers.authorization ?? '', body });
        this.answer(request, body, response);
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/eligible-user`;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

function json(value: unknown, status = 200): Answer {
  return (_request, _body, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

describeEligibility('the hands of the shop', async () => {
  const shop = await new Shop().open();
  const eligibility = new HttpEligibility({ url: shop.url, token: undefined, timeoutMs: TIMEOUT_MS }, diagnostics);
  let refusing = false;
  let known: Answer = json({ user: null });
  return {
    eligibility,
    has: (users) => {
      known = (request, body, response) => {
        const { userId, phoneNumber } = JSON.parse(body) as { userId?: string; phoneNumber?: string };
        const user = users.find((one) => one.userId === userId || one.phoneNumber === phoneNumber) ?? null;
        json({ user })(request, body, response);
      };
      shop.answer = known;
      return Promise.resolve();
    },
    hang: () => {
      shop.answer = () => undefined;
    },
    goAway: () => {
      refusing = true;
      shop.close();
    },
    comeBack: () => {
      shop.answer = known;
      if (refusing) void shop.open();
      refusing = false;
    },
    close: async () => {
      await eligibility.stop();
      shop.close();
    },
  };
});

describe('the HTTP adapter', () => {
  let shop: Shop;
  let eligibility: HttpEligibility;
  beforeEach(async () => {
    said.length = 0;
    shop = await new Shop().open();
    const settings = { url: shop.url, token: 'of-the-queue', timeoutMs: TIMEOUT_MS, resetMs: RESET_MS };
    eligibility = new HttpEligibility(settings, diagnostics);
  });
  afterEach(async () => {
    await eligibility.stop();
    shop.close();
  });
  const fails = () => expect(eligibility.find({ phoneNumber: '010-1234-5678' })).rejects.toMatchObject(UNAVAILABLE);

  test('puts the number into the body alone, and says who asks', async () => {
    shop.answer = json({ user: { userId: 'ann', points: 1.5, more: 'is passed over' } });
    expect(await eligibility.find({ phoneNumber: '010-1234-5678' })).toEqual({ userId: 'ann', points: 1.5 });
    expect(shop.asked).toEqual([
      {
        method: 'POST',
        url: '/eligible-user',
        authorization: 'Bearer of-the-queue',
        body: '{"phoneNumber":"010-1234-5678"}',
      },
    ]);
  });

  test.each<[string, Answer]>([
    ['a 404, which a wrong address gives too', json({ user: null }, 404)],
    ['a 500', json({ user: { userId: 'ann', points: 1 } }, 500)],
    ['no JSON', (_request, _body, response) => void response.end('<html>')],
    ['another shape', json({ userId: 'ann', points: 1 })],
    ['points that are no number', json({ user: { userId: 'ann', points: '1' } })],
    ['points of which nothing is said', json({ user: { userId: 'ann' } })],
    ['too much', json({ user: { userId: 'ann', points: 1 }, more: 'x'.repeat(20_000) })],
    ['another address', (_request, _body, response) => void response.writeHead(307, { location: '/' }).end()],
    ['half an answer', (_request, _body, response) => void response.writeHead(200).write('{"user"')],
  ])('gives nobody a free pass for %s', async (_what, answer) => {
    shop.answer = answer;
    await fails();
    expect(shop.asked).toHaveLength(1);
    expect(said.join()).not.toContain('1234');
  });

  test('leaves a shop that fails alone, and looks once whether it is back', async () => {
    shop.answer = json({}, 500);
    for (let look = 0; look < 20; look++) await fails();
    const asked = shop.asked.length;
    expect(asked).toBeLessThan(10);
    const before = performance.now();
    await fails();
    expect(performance.now() - before).toBeLessThan(TIMEOUT_MS / 2);

    shop.answer = json({ user: { userId: 'ann', points: 1 } });
    expect(await eventually(() => eligibility.find({ userId: 'ann' }))).toEqual({ userId: 'ann', points: 1 });
    expect(shop.asked).toHaveLength(asked + 1);
    expect(await eligibility.find({ userId: 'ann' })).toBeDefined();
    expect(said.join()).toContain('left alone');
  });
});
