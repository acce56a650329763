/** The waiting page on networks, servers and devices that misbehave, in Chromium. */
import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { entryOf, json, problem, queueOf, stream } from '../client/scripted-room.ts';
import { accessibilityViolations, isTooWide, screenshot } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { isInPhase, recordPhases, TOKEN_KEY, waitingPageFixtures } from './waiting-page.fixtures.ts';

const { room, url, open, openWithToken } = waitingPageFixtures();
const accepted = { entryToken: 'a.b.c', receipt: entryOf('PENDING').receipt, state: 'PENDING', pollAfterMs: 1_000 };
const waiting = entryOf('WAITING', { place: 41, position: 3, ahead: 2, pollAfterMs: 1_000 });
const ready = (seconds = 60) =>
  entryOf('READY', { claimBy: new Date(Date.now() + seconds * 1_000).toISOString(), projectedOffset: 60 });
const withhold = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();

beforeEach(() => {
  room().calls.length = 0;
  room().requests.length = 0;
  room()
    .on('GET queue', (response) => json(response, queueOf({ waiting: 3 })))
    .on('POST entries', (response) => json(response, accepted))
    .on('GET events', (response) => stream(response).tell(waiting))
    .on('GET me', (response) => json(response, waiting));
});

async function openTab(context: BrowserContext, concertId = 'c1') {
  const page = await context.newPage();
  await page.goto(url(concertId));
  return page;
}

describe('a stream whose body is withheld', () => {
  test('delays neither the place nor the call, and never shows Join again', async () => {
    room().on('GET events', withhold);
    const context = await open();
    const page = await context.newPage();
    const phases = await recordPhases(page);
    await page.goto(url());
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await isInPhase(page, 'waiting');
    room().on('GET me', (response) => json(response, ready()));
    await isInPhase(page, 'ready');
    const shown = await phases();
    expect(shown.slice(shown.lastIndexOf('join') + 1)).not.toContain('join');
    await context.close();
  });

  test('is announced to proxies, which then do not withhold it', async () => {
    room().on('GET events', (response) => {
      response.setHeader('x-accel-buffering', 'no');
      stream(response).tell(waiting);
    });
    const response = await fetch(new URL('/v1/concerts/c1/queue/entries/me/events', url()));
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    await response.body?.cancel();
  });
});

describe('an overloaded server', () => {
  test('that asks for 30 days gets few requests', async () => {
    const busy = (response: ServerResponse) => problem(response, 503, 'OVERLOADED', { 'retry-after': '2592000' });
    for (const call of ['GET queue', 'GET me', 'GET events']) room().on(call, busy);
    const context = await openWithToken();
    const page = await context.newPage();
    await page.addInitScript({
      content: `globalThis.longest = 0;
        const set = setTimeout;
        globalThis.setTimeout = (work, ms = 0) => {
          globalThis.longest = Math.max(globalThis.longest, ms);
          return set(work, ms);
        };`,
    });
    await page.goto(url());
    await isInPhase(page, 'checking');
    await eventually(() => room().times('GET queue') > 0);
    await eventually(async () => (await page.evaluate<number>('longest')) >= 24_000);
    expect(await page.evaluate<number>('longest')).toBeLessThanOrEqual(30_000);
    expect(room().calls.length).toBeLessThan(20);
    await context.close();
  });

  test('is asked at once when the device is online again', async () => {
    const context = await openWithToken();
    const page = await openTab(context);
    await isInPhase(page, 'waiting');
    await context.setOffline(true);
    await page.getByText('Connection lost').waitFor();
    room().on('GET events', (response) => stream(response).tell(ready()));
    room().on('GET me', (response) => json(response, ready()));
    await context.setOffline(false);
    await isInPhase(page, 'ready');
    await page.locator('#banner').waitFor({ state: 'hidden' });
    await context.close();
  });
});

describe('a storage that refuses access', () => {
  const cases = [
    ['to write', `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };`],
    [
      'at all',
      `for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(globalThis, name, { get() { throw new DOMException('denied', 'SecurityError'); } });`,
    ],
  ] as const;

  test.each(cases)('%s loses no place, and the page says what it means', async (_what, refuse) => {
    const context = await open(refuse);
    const page = await openTab(context);
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await isInPhase(page, 'waiting');
    await page.locator('#not-saved-text').getByText('does not save your place').waitFor();
    const address = await page.getByLabel('Address with your place').inputValue();
    expect(address).toBe(page.url());
    expect([await isTooWide(page), await accessibilityViolations(page)]).toEqual([false, []]);
    await screenshot(page, 'waiting-page-not-saved-en');
    await page.reload();
    await isInPhase(page, 'waiting');
    const elsewhere = await context.newPage();
    await elsewhere.goto(address);
    await isInPhase(elsewhere, 'waiting');
    expect(room().times('POST entries')).toBe(1);
    await context.close();
  });
});

describe('several tabs', () => {
  test('a frozen leader holds up nobody', async () => {
    const context = await openWithToken();
    const leader = await openTab(context);
    await isInPhase(leader, 'waiting');
    const second = await openTab(context);
    await isInPhase(second, 'waiting');
    const session = await context.newCDPSession(leader);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    room().on('GET events', (response) => stream(response).tell(ready()));
    room().on('GET me', (response) => json(response, ready()));
    await isInPhase(second, 'ready');
    await context.close();
  });

  test('seven of one browser hold two streams, load, and claim', async () => {
    let streams = 0;
    room().on('GET events', (response) => {
      streams += 1;
      response.once('close', () => (streams -= 1));
      stream(response).tell(waiting);
    });
    room().on('GET me', (response) => json(response, ready()));
    room().on('POST claim', (response) =>
      json(response, { admissionToken: 'd.e.f', activeUntil: new Date(Date.now() + 60_000).toISOString() }),
    );
    const context = await open(`for (const n of [1, 2, 3, 4, 5, 6, 7])
      localStorage.setItem('concert-queue.entry.c' + n, 'a.b.c');`);
    const pages = [];
    for (const n of [1, 2, 3, 4, 5, 6, 7]) {
      const page = await openTab(context, `c${n}`);
      await page.locator('body[data-phase="waiting"], body[data-phase="ready"]').waitFor();
      pages.push(page);
    }
    await eventually(() => streams === 2);
    const last = pages.at(-1);
    if (!last) throw new Error('there is no tab');
    await isInPhase(last, 'ready');
    await last.getByRole('button', { name: 'Enter now' }).click();
    await eventually(() => room().times('POST claim') === 1);
    await context.close();
  }, 120_000);
});

describe('a response to the request for entry that is lost', () => {
  test.each([
    ['with cookies', true],
    ['without cookies', false],
  ])('leaves one user behind (%s)', async (_what, hasCookies) => {
    const context = await open();
    let posts = 0;
    if (!hasCookies)
      await context.route('**/?concert=c1', async (route) => {
        const response = await route.fetch();
        await context.clearCookies();
        const { 'set-cookie': _blocked, ...headers } = response.headers();
        await route.fulfill({ response, headers });
      });
    await context.route('**/queue/entries', async (route) => {
      posts += 1;
      if (posts > 1) return route.continue();
      await route.fetch();
      if (!hasCookies) await context.clearCookies();
      return route.abort('connectionreset');
    });
    const page = await openTab(context);
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await isInPhase(page, 'waiting');
    const users = room().requests.flatMap(({ body }) =>
      body ? [(JSON.parse(body) as { userId: string }).userId] : [],
    );
    expect([users.length, new Set(users).size]).toEqual([2, 1]);
    await context.close();
  });
});

describe('a token', () => {
  test('outlives the rejections of one replica, and its holder is never offered Join', async () => {
    const reject = (response: ServerResponse) => problem(response, 401, 'UNAUTHENTICATED');
    room().on('GET events', reject).on('GET me', reject);
    const context = await openWithToken();
    const page = await context.newPage();
    const phases = await recordPhases(page);
    await page.goto(url());
    await eventually(() => room().times('GET me') >= 2);
    room().on('GET me', (response) => json(response, waiting));
    await isInPhase(page, 'waiting');
    expect(await phases()).not.toContain('join');
    expect(await page.evaluate((key) => localStorage.getItem(key), TOKEN_KEY)).toBe('a.b.c');
    await context.close();
  });

  test('that is rejected again after a minute is set aside, and can be tried again', async () => {
    const reject = (response: ServerResponse) => problem(response, 401, 'UNAUTHENTICATED');
    room().on('GET events', reject).on('GET me', reject);
    const context = await openWithToken(
      'const { now } = performance; performance.now = () => now.call(performance) + (globalThis.skew ?? 0);',
    );
    const page = await openTab(context);
    await eventually(() => room().times('GET me') > 0);
    await page.evaluate('globalThis.skew = 61_000');
    await page.getByText('repeatedly rejected your earlier place').waitFor();
    await page.getByRole('button', { name: 'Join the queue' }).waitFor();
    expect(await page.evaluate((key) => localStorage.getItem(key), TOKEN_KEY)).toBeNull();
    expect([await isTooWide(page), await accessibilityViolations(page)]).toEqual([false, []]);
    await screenshot(page, 'waiting-page-rejected-token-en');
    room().on('GET me', (response) => json(response, waiting));
    await page.getByRole('button', { name: 'Try my earlier place again' }).click();
    await isInPhase(page, 'waiting');
    await context.close();
  });

  test('outlives faults of the page itself', async () => {
    const context =
      await openWithToken(`Response.prototype.text = () => Promise.reject(new TypeError('not a function'));
      ReadableStream.prototype.getReader = () => { throw new TypeError('not a function'); };`);
    const page = await openTab(context);
    await eventually(() => room().times('GET me') >= 2);
    expect(await page.evaluate((key) => localStorage.getItem(key), TOKEN_KEY)).toBe('a.b.c');
    await isInPhase(page, 'checking');
    await context.close();
  });
});

describe('the connection', () => {
  test('is shown as restored after a reset in a queue that stands still', async () => {
    let count = 0;
    room().on('GET me', (response) => response.destroy());
    room().on('GET queue', (response) => response.destroy());
    let isDown = false;
    room().on('GET events', (response) => {
      count += 1;
      if (count === 1) {
        stream(response).tell(waiting);
        setTimeout(() => response.destroy(), 500);
        isDown = true;
      } else if (isDown) response.destroy();
      else {
        stream(response);
        response.write(': heartbeat\n\n');
      }
    });
    const context = await openWithToken();
    const page = await openTab(context);
    await isInPhase(page, 'waiting');
    await page.getByText('Connection lost').waitFor();
    isDown = false;
    await page.locator('#banner').waitFor({ state: 'hidden' });
    await context.close();
  }, 90_000);

  test('is not taken for a turn that has ended', async () => {
    room().on('GET me', (response) => json(response, ready(4)));
    room().on('GET events', (response) => {
      stream(response).tell(ready(4));
      for (const call of ['GET me', 'GET queue']) room().on(call, () => undefined);
    });
    const context = await openWithToken();
    const page = await openTab(context);
    await isInPhase(page, 'ready');
    await page.getByRole('heading', { name: 'Your time seems to be over' }).waitFor();
    expect(await page.getByRole('button', { name: 'Enter now' }).isEnabled()).toBe(true);
    await context.close();
  });
});

test('the call closes the question about leaving, and focuses the main button', async () => {
  let call = (): void => undefined;
  room().on('GET events', (response) => {
    const { tell } = stream(response);
    tell(waiting);
    call = () => tell(ready());
  });
  const context = await openWithToken();
  const page = await openTab(context);
  await isInPhase(page, 'waiting');
  await page.getByRole('button', { name: 'Leave the queue' }).click();
  await page.getByRole('dialog').waitFor();
  call();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.locator('button#primary:focus').waitFor();
  await context.close();
});

test('a corrected clock of the device does not change the countdown', async () => {
  const deadline = ready(600);
  room().on('GET events', (response) => stream(response).tell(deadline));
  const context = await openWithToken('const { now } = Date; Date.now = () => now() + (globalThis.correction ?? 0);');
  const page = await openTab(context);
  await isInPhase(page, 'ready');
  await page.evaluate('globalThis.correction = 30 * 60_000');
  const before = await page.locator('#number').textContent();
  await eventually(async () => expect(await page.locator('#number').textContent()).not.toBe(before));
  expect(await page.locator('#number').textContent()).toMatch(/^9:\d\d$/);
  await context.close();
});

describe('the configuration', () => {
  /** As on a static server: the document has no settings. */
  async function openStatic(context: BrowserContext) {
    await context.route('**/?concert=c1', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/<script type="application\/json".*?<\/script>/, '');
      await route.fulfill({ response, body });
    });
    return context.newPage();
  }

  test('is read again after a failure', async () => {
    const context = await openWithToken();
    const page = await openStatic(context);
    let reads = 0;
    await context.route('**/config.json', (route) => {
      reads += 1;
      return reads === 1 ? route.fulfill({ status: 503 }) : route.fulfill({ json: { api: '', shop: '' } });
    });
    await page.goto(url());
    await isInPhase(page, 'waiting');
    expect(reads).toBe(2);
    await context.close();
  });

  test('that does not arrive leaves a sentence, not an empty page', async () => {
    const context = await openWithToken();
    const page = await openStatic(context);
    await context.route('**/config.json', () => undefined);
    await page.goto(url());
    await page.getByRole('heading', { name: 'One moment' }).waitFor();
    await page.locator('#lead').getByText('This takes longer than usual').waitFor();
    expect(await page.getByRole('heading', { name: 'One moment' }).isVisible()).toBe(true);
    await context.close();
  });
});

describe('browsers', () => {
  /** Removes what Safari 15.4 or Chrome 100 do not have. */
  const NEWER = `
    for (const name of ['any', 'timeout']) delete AbortSignal[name];
    for (const name of ['withResolvers', 'try']) delete Promise[name];
    for (const name of ['groupBy']) { delete Object[name]; delete Map[name]; }
    for (const name of ['toSorted', 'toReversed', 'toSpliced', 'with', 'findLast', 'findLastIndex']) delete Array.prototype[name];
    for (const name of ['fromAsync']) delete Array[name];
    for (const name of ['isWellFormed', 'toWellFormed']) delete String.prototype[name];
    for (const name of ['union', 'intersection', 'difference', 'isSubsetOf']) delete Set.prototype[name];
    for (const name of ['canParse', 'parse']) delete URL[name];
    for (const name of ['from']) delete ReadableStream[name];
    delete ReadableStream.prototype[Symbol.asyncIterator];
    delete ReadableStream.prototype.values;
    delete Response.json;
    delete Response.prototype.bytes;
    for (const name of ['ariaPressed', 'ariaBusy', 'ariaCurrent', 'popover', 'showPopover', 'inert', 'checkVisibility'])
      delete (name in Element.prototype ? Element : HTMLElement).prototype[name];
    for (const name of ['scheduler', 'navigation', 'Iterator', 'CompressionStream', 'structuredClone']) delete globalThis[name];
    for (const name of ['userActivation', 'wakeLock', 'scheduling']) delete Navigator.prototype[name];
    delete Crypto.prototype.randomUUID;
  `;

  test.each([
    ['the oldest supported browsers', NEWER],
    ['pages without HTTPS', `${NEWER}; delete Navigator.prototype.locks; delete Navigator.prototype.clipboard;`],
    ['browsers without BroadcastChannel', 'delete globalThis.BroadcastChannel;'],
  ])('of %s show the place and the call', async (_what, script) => {
    const context = await open(script);
    const page = await openTab(context);
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await isInPhase(page, 'waiting');
    room().on('GET me', (response) => json(response, ready()));
    await isInPhase(page, 'ready');
    await context.close();
  });

  test.each([
    ['lack an API', 'delete globalThis.AbortController;', undefined],
    ['do not know the syntax', '', 'class A { #new-syntax }'],
  ])('that %s show a sentence', async (_what, script, body) => {
    const context = await open(script);
    if (body !== undefined)
      await context.route('**/main.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
    const page = await openTab(context);
    await page.getByText('This browser is too old').waitFor();
    expect(await page.locator('body').getAttribute('data-phase')).toBe('loading');
    await context.close();
  });

  test('without JavaScript show a sentence', async () => {
    const context = await open();
    const plain = await context.browser()?.newContext({ javaScriptEnabled: false });
    const page = await plain?.newPage();
    await page?.goto(url());
    expect(await page?.locator('noscript').innerText()).toContain('needs JavaScript');
    expect(await page?.getByRole('heading', { name: 'One moment' }).isVisible()).toBe(false);
    await plain?.close();
    await context.close();
  });

  test('that cannot load the script try again', async () => {
    const context = await openWithToken();
    let isBroken = true;
    await context.route('**/main.js', (route) => (isBroken ? route.abort('connectionreset') : route.continue()));
    const page = await openTab(context);
    await page.getByText('could not be loaded').waitFor();
    isBroken = false;
    await isInPhase(page, 'waiting');
    await context.close();
  });
});
