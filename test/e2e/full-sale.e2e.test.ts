/**
 * A full sale in a real browser with an operator and two users: draw, waiting, admission, claim and purchase on the protected
 * site, with a closed tab and a restart of the server in between.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { freePorts } from '../../tools/stack/ports.ts';
import { type Api, granted } from '../support/api.ts';
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
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const CONCERT = 'opening-night';
/** Long enough for the operator to configure the queue and for two users to register. */
const OPENS_IN_MS = 15_000;

const resources = testResources();
let installation: Installation;
let server: ServerProcess;
let serverPort: string;
let api: Api;
let browser: Browser;
let site: { url: string; server: DedicatedServer };
let operator: { context: BrowserContext; page: Page; pageErrors: string[] };

interface Fan {
  readonly context: BrowserContext;
  readonly pageErrors: string[];
  page: Page;
}
const fans: Fan[] = [];

beforeAll(async () => {
  const [shopPort = 0, port = 0] = await freePorts(2);
  serverPort = `${port}`;
  installation = resources.use(await Installation.create());
  browser = resources.use(await openBrowser());
  server = await installation.start({ PORT: serverPort });
  api = installation.apiOf(server);
  site = await startExample('waiting-page', { WAITING_ROOM: server.url, SHOP: `http://127.0.0.1:${shopPort}` });
  resources.use(site.server);
  const settings = { WAITING_ROOM: server.url, CONCERT_ID: CONCERT, WAITING_PAGE: `${site.url}/?concert=${CONCERT}` };
  resources.use((await startExample('protected-site', settings, shopPort)).server);
  operator = await openPage('en', `${server.url}/console`);
}, 180_000);

async function openPage(variant: PageVariant, address: string) {
  const { context, pageErrors } = await openContext(browser, variant);
  const page = await context.newPage();
  await page.goto(address);
  return { context, pageErrors, page };
}

const phase = (page: Page, name: string) => page.locator(`body[data-phase="${name}"]`).waitFor();
const phaseNow = (page: Page) => page.locator('body').getAttribute('data-phase');
/** The public document may be a second old. */
const expectQueue = (expected: object) =>
  eventually(async () => expect(granted(await api.queue(CONCERT))).toMatchObject(expected));
const waitingPage = () => `${site.url}/?concert=${CONCERT}`;
const fan = (which: number): Fan => {
  const found = fans[which];
  if (!found) throw new Error(`there is no fan ${which}`);
  return found;
};

describe('a full sale', () => {
  let first: Fan;
  let second: Fan;

  test('is scheduled by the operator', async () => {
    const { page } = operator;
    await page.getByLabel('Admin token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the admin token.').waitFor();
    await page.getByLabel('Admin token').fill(installation.adminToken);
    await page.keyboard.press('Enter');
    await page.getByText('No queue is configured yet.').waitFor();
    await page.getByRole('button', { name: 'New queue' }).click();
    await page.getByLabel('Concert id').fill(CONCERT);
    await page.getByLabel('Capacity').fill('1');
    await page.getByLabel('Calls per minute').fill('6000');
    await page.getByLabel('Before the opening').selectOption('draw');
    const opensAt = await page.evaluate((ms) => {
      const at = new Date(Date.now() + ms);
      return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    }, OPENS_IN_MS);
    await page.getByLabel('Opens at').fill(opensAt);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: CONCERT }).waitFor();
    await page.getByText('Scheduled').waitFor();
    await expectQueue({ state: 'SCHEDULED', policy: { capacity: 1, beforeOpening: 'draw' } });
  });

  test('registers two users for the draw, each once, also with several tabs', async () => {
    fans.push(...(await Promise.all([openPage('en', waitingPage()), openPage('ko', waitingPage())])));
    await Promise.all(fans.map(({ page }) => phase(page, 'scheduled')));
    await Promise.all([
      fan(0).page.getByRole('button', { name: 'Register' }).click(),
      fan(1).page.getByRole('button', { name: '등록하기' }).click(),
    ]);
    await Promise.all(fans.map(({ page }) => phase(page, 'registered')));
    const tab = await fan(0).context.newPage();
    await tab.goto(waitingPage());
    await phase(tab, 'registered');
    await tab.close();
    await expectQueue({ registered: 2, waiting: 0, ready: 0 });
  });

  test('admits one of them after the draw, and the other is next', async () => {
    await eventually(
      async () => {
        const phases = await Promise.all(fans.map(({ page }) => phaseNow(page)));
        return phases.includes('ready') && phases.includes('waiting');
      },
      { within: OPENS_IN_MS + 15_000, every: 100 },
    );
    [first, second] = (await phaseNow(fan(0).page)) === 'ready' ? [fan(0), fan(1)] : [fan(1), fan(0)];
    await eventually(async () => expect(await second.page.locator('#number').textContent()).toBe('0')); // once a second
    await expectQueue({ state: 'OPEN', ready: 1, waiting: 1, drawSeed: expect.any(String) });
  });

  test('keeps the place after the tab is closed', async () => {
    const before = await second.page.locator('dd').first().textContent();
    await second.page.close();
    second.page = await second.context.newPage();
    await second.page.goto(waitingPage());
    await phase(second.page, 'waiting');
    expect(await second.page.locator('dd').first().textContent()).toBe(before);
    await expectQueue({ ready: 1, waiting: 1 });
  });

  test('shows that the server is down, and keeps all places over its restart', async () => {
    await server.kill9();
    await second.page.locator('#banner:visible').waitFor();
    await operator.page.locator('.health.bad').waitFor();
    server = await installation.start({ PORT: serverPort });
    await second.page.locator('#banner').waitFor({ state: 'hidden' });
    await operator.page.locator('.health:not(.bad)').waitFor();
    expect([await phaseNow(first.page), await phaseNow(second.page)]).toEqual(['ready', 'waiting']);
  }, 90_000);

  test('lets the admitted user buy, which frees the slot', async () => {
    await first.page.locator('#primary').click();
    await first.page.getByRole('heading', { name: 'The shop' }).waitFor();
    await expectQueue({ active: 1, waiting: 1 });
    await first.page.getByRole('button', { name: 'Buy seat A1' }).click();
    await first.page.getByRole('heading', { name: 'Seat A1 is yours' }).waitFor();
    await phase(second.page, 'ready');
  });

  test('lets the next user buy with the keyboard, and the waiting page shows the end', async () => {
    await second.page.locator('#primary:focus').waitFor();
    await second.page.keyboard.press('Enter');
    await second.page.getByRole('heading', { name: 'The shop' }).waitFor();
    const tab = await second.context.newPage();
    await tab.goto(waitingPage());
    await phase(tab, 'active');
    await second.page.getByRole('button', { name: 'Buy seat A1' }).click();
    await phase(tab, 'completed');
    expect(fans.flatMap(({ pageErrors }) => pageErrors)).toEqual([]);
  });
});

describe('the console', () => {
  const state = (word: string) =>
    operator.page
      .locator('.state', { hasText: new RegExp(`^${word}$`) })
      .first()
      .waitFor();

  test('pauses, resumes and closes a queue after a confirmation', async () => {
    const { page } = operator;
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expectQueue({ state: 'OPEN' });
    for (const [button, becomes] of [
      ['Pause', 'Paused'],
      ['Resume', 'Open'],
      ['Close', 'Closed'],
      ['Resume', 'Open'],
    ] as const) {
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').getByRole('button', { name: button }).click();
      await state(becomes);
      await expectQueue({ state: becomes.toUpperCase() });
    }
  });

  test('changes the policy', async () => {
    const { page } = operator;
    await page.getByRole('button', { name: 'Configure' }).click();
    await page.getByLabel('Capacity').fill('7');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expectQueue({ policy: { capacity: 7, beforeOpening: 'draw' } });
  });

  test('disqualifies and reinstates one user', async () => {
    const { page } = operator;
    const { entryToken } = granted(await api.requestEntry(CONCERT, 'scalper'));
    const stateOf = async () => granted(await api.myEntry(CONCERT, entryToken)).state;
    await page.getByLabel('User id').fill('scalper');
    await page.getByRole('button', { name: 'Disqualify' }).click();
    await page.getByRole('dialog', { name: 'Disqualify scalper?' }).getByRole('button', { name: 'Disqualify' }).click();
    await eventually(async () => (await stateOf()) === 'DISQUALIFIED');
    expect(granted(await api.requestEntry(CONCERT, 'scalper')).state).toBe('PENDING'); // the projection rejects the request
    await page.getByText('Recorded at offset').first().waitFor();
    await page.getByRole('button', { name: 'Reinstate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reinstate' }).click();
    await eventually(async () => {
      const again = granted(await api.requestEntry(CONCERT, 'scalper'));
      return granted(await api.myEntry(CONCERT, again.entryToken)).state === 'READY';
    });
  });

  test('shows queues and projection, accessibly and on a phone', async () => {
    const phone = await openPage('ko', `${server.url}/console/`);
    await phone.page.getByLabel('관리자 토큰').fill(installation.adminToken);
    expect([await isTooWide(phone.page), await accessibilityViolations(phone.page)]).toEqual([false, []]);
    await phone.page.keyboard.press('Enter');
    await phone.page.locator('.queues a').waitFor(); // the accepted token is kept
    for (const { page } of [phone, operator]) {
      await page.goto(`${server.url}/console/`);
      await page.locator('.queues a').waitFor();
      await page.locator('tbody tr').nth(1).waitFor();
      expect(await page.locator('tbody tr').count()).toBe(2);
      expect([await isTooWide(page), await accessibilityViolations(page)]).toEqual([false, []]);
      await screenshot(page, `console-queues-${page === phone.page ? 'ko' : 'en'}`);
      await page.locator('.queues a').click();
      await page.locator('figure svg[aria-label]').nth(3).waitFor();
      expect([await isTooWide(page), await accessibilityViolations(page)]).toEqual([false, []]);
      await screenshot(page, `console-queue-${page === phone.page ? 'ko' : 'en'}`);
    }
    expect([...phone.pageErrors, ...operator.pageErrors]).toEqual([]);
  });

  test('removes the token on sign-out', async () => {
    const { page } = operator;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });
});
