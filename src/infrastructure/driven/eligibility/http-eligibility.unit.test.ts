import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { describeEligibility, TIMEOUT_MS } from '../../../application/ports/eligibility.contract.ts';
import { HttpEligibility } from './http-eligibility.ts';

const messages: string[] = [];
const record = (message: string): void => void messages.push(message);
const logger = { debug: record, info: record, warn: record, error: record };
const UNAVAILABLE = { code: 'ELIGIBILITY_UNAVAILABLE' };
const RESET_MS = 200;

type Responder = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A real HTTP server as endpoint of the shop. */
class Shop {
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly authorization: string;
    readonly body: string;
  }[] = [];
  respond: Responder = json({ user: null });
  #server: Server | undefined;
  #port = 0;

  async open(): Promise<this> {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.requests.push({ method, url, authorization: headers.authorization ?? '', body });
        this.respond(request, body, response);
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

function json(value: unknown, status = 200): Responder {
  return (_request, _body, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

describeEligibility('an HTTP endpoint', async () => {
  const shop = await new Shop().open();
  const eligibility = new HttpEligibility({ url: shop.url, token: undefined, timeoutMs: TIMEOUT_MS }, logger);
  let isClosed = false;
  let responder: Responder = json({ user: null });
  return {
    eligibility,
    has: (users) => {
      responder = (request, body, response) => {
        const { userId, phoneNumber } = JSON.parse(body) as { userId?: string; phoneNumber?: string };
        const user =
          users.find((candidate) => candidate.userId === userId || candidate.phoneNumber === phoneNumber) ?? null;
        json({ user })(request, body, response);
      };
      shop.respond = responder;
      return Promise.resolve();
    },
    hang: () => {
      shop.respond = () => undefined;
    },
    goAway: () => {
      isClosed = true;
      shop.close();
    },
    comeBack: () => {
      shop.respond = responder;
      if (isClosed) void shop.open();
      isClosed = false;
    },
    close: async () => {
      await eligibility.stop();
      shop.close();
    },
  };
});

describe('HttpEligibility', () => {
  let shop: Shop;
  let eligibility: HttpEligibility;
  beforeEach(async () => {
    messages.length = 0;
    shop = await new Shop().open();
    const settings = { url: shop.url, token: 'of-the-queue', timeoutMs: TIMEOUT_MS, resetMs: RESET_MS };
    eligibility = new HttpEligibility(settings, logger);
  });
  afterEach(async () => {
    await eligibility.stop();
    shop.close();
  });
  const fails = () => expect(eligibility.find({ phoneNumber: '010-1234-5678' })).rejects.toMatchObject(UNAVAILABLE);

  test('sends the phone number only in the body, with the bearer token', async () => {
    shop.respond = json({ user: { userId: 'ann', points: 1.5, more: 'is ignored' } });
    expect(await eligibility.find({ phoneNumber: '010-1234-5678' })).toEqual({ userId: 'ann', points: 1.5 });
    expect(shop.requests).toEqual([
      {
        method: 'POST',
        url: '/eligible-user',
        authorization: 'Bearer of-the-queue',
        body: '{"phoneNumber":"010-1234-5678"}',
      },
    ]);
  });

  test.each<[string, Responder]>([
    ['a 404, as of a wrong URL', json({ user: null }, 404)],
    ['a 500', json({ user: { userId: 'ann', points: 1 } }, 500)],
    ['no JSON', (_request, _body, response) => void response.end('<html>')],
    ['another shape', json({ userId: 'ann', points: 1 })],
    ['points that are not a number', json({ user: { userId: 'ann', points: '1' } })],
    ['missing points', json({ user: { userId: 'ann' } })],
    ['a too long response', json({ user: { userId: 'ann', points: 1 }, more: 'x'.repeat(20_000) })],
    ['a redirect', (_request, _body, response) => void response.writeHead(307, { location: '/' }).end()],
    ['an incomplete response', (_request, _body, response) => void response.writeHead(200).write('{"user"')],
  ])('rejects %s as ELIGIBILITY_UNAVAILABLE', async (_what, respond) => {
    shop.respond = respond;
    await fails();
    expect(shop.requests).toHaveLength(1);
    expect(messages.join()).not.toContain('1234');
  });

  test('stops requests to a failing shop, and recovers after one successful request', async () => {
    shop.respond = json({}, 500);
    for (let attempt = 0; attempt < 20; attempt++) await fails();
    const requests = shop.requests.length;
    expect(requests).toBeLessThan(10);
    const before = performance.now();
    await fails();
    expect(performance.now() - before).toBeLessThan(TIMEOUT_MS / 2);

    shop.respond = json({ user: { userId: 'ann', points: 1 } });
    expect(await eventually(() => eligibility.find({ userId: 'ann' }))).toEqual({ userId: 'ann', points: 1 });
    expect(shop.requests).toHaveLength(requests + 1);
    expect(await eligibility.find({ userId: 'ann' })).toBeDefined();
    expect(messages.join()).toContain('circuit is open');
  });
});
