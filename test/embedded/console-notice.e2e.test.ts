/** The form for the notice in the console, in a browser. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Api, granted } from '../support/api.ts';
import { accessibilityViolations, isTooWide, openBrowser, openContext, type PageVariant } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { testResources } from '../support/test-resources.ts';

const BUTTONS = {
  en: { notice: 'Notice to users', add: 'Add a language', post: 'Post', remove: 'Remove' },
  ko: { notice: '사용자 공지', add: '언어 추가', post: '게시하기', remove: '삭제하기' },
};

describe.each(['en', 'ko'] as const)('the notice form of the console in %s', (variant) => {
  const resources = testResources();
  let api: Api;
  let page: Page;
  let pageErrors: string[];

  beforeAll(async () => {
    const installation = resources.use(await Installation.create());
    const server = await (await installation.launch()).ready(120_000);
    api = installation.apiOf(server);
    granted(await api.configure('sale'));
    page = await signedIn(`${server.url}/console/#/queues/sale`, installation.adminToken, variant);
  }, 300_000);

  async function signedIn(url: string, token: string, of: PageVariant): Promise<Page> {
    const opened = await openContext(resources.use(await openBrowser()), of);
    ({ pageErrors } = opened);
    const tab = await opened.context.newPage();
    await tab.goto(url);
    await tab.locator('input[type=password]').fill(token);
    await tab.keyboard.press('Enter');
    return tab;
  }

  test('posts, changes and removes the notice, with a preview', async () => {
    const names = BUTTONS[variant];
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const texts = async () => granted(await api.queue('sale')).notice?.texts;
    await button(names.notice).click();
    expect(await button(names.post).isDisabled()).toBe(true);
    await page.locator('#dialog textarea').first().fill('We open late.\n<b>Sorry.</b>');
    expect(await page.locator('#dialog dd[lang=en]').innerText()).toBe('We open late.\n<b>Sorry.</b>');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await button(names.post).click();
    await eventually(async () => (await texts())?.['en'] === 'We open late.\n<b>Sorry.</b>');
    await page.locator('main dd[lang=en]').waitFor();

    await button(names.notice).click();
    await button(names.add).click();
    await page.locator('#dialog input').last().fill('nonsense!');
    await page.locator('#dialog textarea').last().fill('늦게 시작합니다.');
    await button(names.post).click();
    await page.locator('#dialog [role=alert]', { hasText: 'language tag' }).waitFor();
    await page.locator('#dialog input').last().fill('ko');
    await button(names.post).click();
    await eventually(async () => (await texts())?.['ko'] === '늦게 시작합니다.');

    await page.locator('main dd[lang=ko]').waitFor();
    await button(names.notice).click();
    await button(names.remove).click();
    await eventually(async () => (await texts()) === undefined);
    expect(pageErrors).toEqual([]);
  }, 120_000);
});
