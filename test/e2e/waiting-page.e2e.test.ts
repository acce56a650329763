/** Every phase of the waiting page in Chromium, in both languages, with a scripted waiting room. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Entry, Queue } from '../../clients/typescript/src/index.ts';
import { entryOf, json, problem, queueOf, ScriptedRoom, stream } from '../client/scripted-room.ts';
import {
  accessibilityViolations,
  isTooWide,
  openBrowser,
  openContext,
  type PageVariant,
  screenshot,
} from '../support/browser.ts';
import type { DedicatedServer } from '../support/dedicated-server.ts';
import { eventually } from '../support/eventually.ts';
import { startExample } from '../support/example.ts';
import { testResources } from '../support/test-resources.ts';

interface Face {
  readonly phase: string;
  readonly entry?: Entry;
  readonly queue?: Queue;
  /** Whether the browser has an entry token; default: whether there is an entry. */
  readonly hasToken?: boolean;
  /** Expected text in both languages. */
  readonly says: Readonly<Record<PageVariant, string>>;
}

const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
const draw = { state: 'SCHEDULED', registered: 2_312, opensAt: soon(754) } as const;
const drawn = queueOf({ ...draw, policy: { ...queueOf().policy, beforeOpening: 'draw' } });
const open = queueOf({ waiting: 12_840, admittedPerMinute: 96.4, estimatedWaitSeconds: 8_000 });
const waiting = entryOf('WAITING', { place: 48_151, position: 1_243, ahead: 1_242, estimatedWaitSeconds: 770 });

const FACES: Readonly<Record<string, Face>> = {
  join: { phase: 'join', queue: open, says: { en: 'about 2 hours 15 minutes', ko: '약 2시간 15분' } },
  scheduled: { phase: 'scheduled', queue: drawn, says: { en: '2,312 registered', ko: '2,312명 등록' } },
  registered: {
    phase: 'registered',
    entry: entryOf('REGISTERED'),
    queue: drawn,
    says: { en: 'at random', ko: '추첨으로' },
  },
  pending: {
    phase: 'pending',
    entry: entryOf('PENDING'),
    queue: open,
    says: { en: 'has arrived', ko: '접수되었습니다' },
  },
  waiting: { phase: 'waiting', entry: waiting, queue: open, says: { en: 'about 13 minutes', ko: '약 13분' } },
  paused: {
    phase: 'waiting',
    entry: waiting,
    queue: { ...open, state: 'PAUSED' },
    says: { en: 'is paused', ko: '멈췄습니다' },
  },
  notice: {
    phase: 'waiting',
    entry: waiting,
    queue: { ...open, notice: { texts: { en: 'We open late.', ko: '늦게 시작합니다.' }, postedAt: soon(-60) } },
    says: { en: 'We open late.', ko: '늦게 시작합니다.' },
  },
  ready: {
    phase: 'ready',
    get entry() {
      return entryOf('READY', { claimBy: soon(50) });
    },
    queue: open,
    says: { en: 'Enter now', ko: '지금 입장하기' },
  },
  timeUp: {
    phase: 'ready',
    entry: entryOf('READY', { claimBy: soon(-5) }),
    queue: open,
    says: { en: 'seems to be over', ko: '지난 것 같습니다' },
  },
  checking: {
    phase: 'checking',
    hasToken: true,
    queue: open,
    says: { en: 'looking up your place', ko: '확인하는 중입니다' },
  },
  active: {
    phase: 'active',
    get entry() {
      return entryOf('ACTIVE', { activeUntil: soon(55) });
    },
    queue: open,
    says: { en: 'I am done', ko: '구매를 마쳤습니다' },
  },
  completed: {
    phase: 'completed',
    entry: entryOf('COMPLETED'),
    queue: open,
    says: { en: 'All done', ko: '완료되었습니다' },
  },
  expired: { phase: 'expired', entry: entryOf('EXPIRED'), queue: open, says: { en: 'from the back', ko: '맨 뒤에서' } },
  rejected: {
    phase: 'rejected',
    entry: entryOf('REJECTED', { rejectedBecause: 'QUEUE_FULL' }),
    queue: open,
    says: { en: 'was full', ko: '가득 차' },
  },
  disqualified: {
    phase: 'disqualified',
    entry: entryOf('DISQUALIFIED'),
    queue: open,
    says: { en: 'taken out', ko: '제외되었습니다' },
  },
  unknown: { phase: 'unknown', says: { en: 'no queue here', ko: '찾을 수 없습니다' } },
};

const resources = testResources();
let browser: Browser;
let room: ScriptedRoom;
let site: { url: string; server: DedicatedServer };
let face: Face = { phase: '', says: { en: '', ko: '' } };
beforeAll(async () => {
  room = resources.use(await ScriptedRoom.open());
  room.on('GET queue', (response) =>
    face.queue ? json(response, face.queue) : problem(response, 404, 'CONCERT_NOT_FOUND'),
  );
  room.on('GET events', (response) =>
    face.entry ? stream(response).tell(face.entry) : problem(response, 401, 'UNAUTHENTICATED'),
  );
  browser = resources.use(await openBrowser());
  site = await startExample('waiting-page', { WAITING_ROOM: room.url });
  resources.use(site.server);
}, 120_000);

const phaseOf = (page: Page, phase: string) => page.locator(`body[data-phase="${phase}"]`).waitFor();
const TOKEN = 'concert-queue.entry.c1';

describe.each(['en', 'ko'] as const)('the waiting page (%s)', (variant) => {
  test('shows every phase accessibly, also in a small window', async () => {
    const { context, pageErrors } = await openContext(browser, variant);
    const page = await context.newPage();
    await page.goto(`${site.url}/?concert=c1`);
    for (const [name, shown] of Object.entries(FACES)) {
      face = shown;
      await page.evaluate(([key, has]) => (has ? localStorage.setItem(key, 'a.b.c') : localStorage.removeItem(key)), [
        TOKEN,
        shown.hasToken ?? shown.entry !== undefined,
      ] as const);
      await page.goto(`${site.url}/?concert=c1`);
      await phaseOf(page, shown.phase);
      await page.getByText(shown.says[variant]).first().waitFor();
      expect([name, await isTooWide(page), await accessibilityViolations(page)]).toEqual([name, false, []]);
      await screenshot(page, `waiting-page-${name}-${variant}`);
    }
    expect(await page.locator('html').getAttribute('lang')).toBe(variant);
    expect(pageErrors).toEqual([]);
    await context.close();
  }, 90_000);
});

test('changes language, confirms leaving, and works with the keyboard', async () => {
  face = FACES['waiting'] ?? face;
  let left = 0;
  room.on('DELETE me', (response) => {
    left += 1;
    json(response, { receipt: waiting.receipt });
  });
  const { context } = await openContext(browser, 'en');
  await context.addInitScript((key) => localStorage.setItem(key, 'a.b.c'), TOKEN);
  const page = await context.newPage();
  await page.goto(`${site.url}/?concert=c1`);
  await phaseOf(page, 'waiting');
  await page.getByLabel('Language').selectOption('한국어');
  await page.getByRole('heading', { name: '대기열에 등록되었습니다' }).waitFor();
  await page.reload();
  await page.getByLabel('언어').selectOption('English');
  await page.getByRole('button', { name: 'Leave the queue' }).press('Enter');
  const question = page.getByRole('dialog', { name: 'Leave the queue?' });
  await question.waitFor();
  expect(await accessibilityViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'hidden' });
  expect(left).toBe(0);
  await page.getByRole('button', { name: 'Leave the queue' }).click();
  await question.getByRole('button', { name: 'Leave the queue' }).click();
  await eventually(() => left === 1);
  const sound = page.getByRole('button', { name: /^Sound/ });
  expect(await sound.getAttribute('aria-pressed')).toBe('true');
  await sound.click();
  expect(await sound.getAttribute('aria-pressed')).toBe('false');
  await context.close();
});

test('announces the admission to screen readers and focuses the main button', async () => {
  face = FACES['ready'] ?? face;
  const { context } = await openContext(browser, 'en');
  await context.addInitScript((key) => localStorage.setItem(key, 'a.b.c'), TOKEN);
  const page = await context.newPage();
  await page.goto(`${site.url}/?concert=c1`);
  await phaseOf(page, 'ready');
  await page.locator('button#primary:focus').waitFor();
  expect(await page.getByRole('alert').textContent()).toMatch(/^It is your turn\. .+ left\.$/);
  expect(await page.title()).toBe('● Your turn!');
  await context.close();
});

test.each(['ja', 'es', 'de', 'fr', 'ar'])('shows texts in %s, at 320 pixels', async (language) => {
  const { context, pageErrors } = await openContext(browser, 'ko');
  const page = await context.newPage();
  await page.goto(`${site.url}/icon.svg`);
  await page.evaluate(
    ([chosen, key]) => {
      localStorage.setItem('concert-queue.language', chosen);
      localStorage.setItem(key, 'a.b.c');
    },
    [language, TOKEN] as const,
  );
  for (const name of ['waiting', 'ready', 'expired']) {
    face = FACES[name] ?? face;
    await page.goto(`${site.url}/?concert=c1`);
    await phaseOf(page, face.phase);
    await page.locator(`html[lang="${language}"]`).waitFor();
    expect([name, await isTooWide(page), await accessibilityViolations(page)]).toEqual([name, false, []]);
    await screenshot(page, `waiting-page-${name}-${language}`);
  }
  expect(await page.locator('html').getAttribute('dir')).toBe(language === 'ar' ? 'rtl' : 'ltr');
  expect(pageErrors).toEqual([]);
  await context.close();
});

test('keeps everything visible with text of twice the size and seven-digit numbers', async () => {
  const huge = { ahead: 1_234_566, position: 1_234_567, place: 7_654_321, estimatedWaitSeconds: 90_000 };
  face = { ...(FACES['waiting'] ?? face), entry: entryOf('WAITING', huge) };
  const { context } = await openContext(browser, 'ko');
  await context.addInitScript((key) => localStorage.setItem(key, 'a.b.c'), TOKEN);
  const page = await context.newPage();
  await page.goto(`${site.url}/?concert=c1`);
  await phaseOf(page, 'waiting');
  await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
  await page.locator('summary').click();
  const box = async (selector: string) =>
    (await page.locator(selector).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [header, reading, number] = [await box('header'), await box('.reading'), await box('#number')];
  expect(reading.y).toBeGreaterThanOrEqual(header.y + header.height);
  expect(number.x + number.width).toBeLessThanOrEqual(320);
  expect(await isTooWide(page)).toBe(false);
  await screenshot(page, 'waiting-page-large-text-ko');
  await context.close();
});

test('works below a path, with a content security policy without inline code', async () => {
  face = FACES['waiting'] ?? face;
  const { context, pageErrors } = await openContext(browser, 'en');
  await context.addInitScript({ content: `try { localStorage.setItem('${TOKEN}', 'a.b.c'); } catch {}` });
  room.on('GET me', (response) => json(response, waiting));
  // As a proxy that serves the page below a path, and no streams.
  await context.route(`${site.url}/**`, async (route) => {
    const { pathname, href } = new URL(route.request().url());
    if (!pathname.startsWith('/sale/queue/') || pathname.endsWith('/events')) return route.abort();
    return route.fulfill({ response: await route.fetch({ url: href.replace('/sale/queue/', '/') }) });
  });
  const page = await context.newPage();
  const response = await page.goto(`${site.url}/sale/queue/?concert=c1`);
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).not.toContain('unsafe');
  await phaseOf(page, 'waiting');
  expect(pageErrors).toEqual([]);
  await context.close();
});

test('shows the place after at most 50 KB', async () => {
  face = FACES['waiting'] ?? face;
  const { context } = await openContext(browser, 'en');
  await context.addInitScript((key) => localStorage.setItem(key, 'a.b.c'), TOKEN);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  session.on('Network.dataReceived', ({ encodedDataLength }) => (bytes += encodedDataLength));
  session.on('Network.responseReceived', ({ response }) => (bytes += response.encodedDataLength));
  await session.send('Network.enable');
  await page.goto(`${site.url}/?concert=c1`);
  await phaseOf(page, 'waiting');
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(50_000);
  await context.close();
});
