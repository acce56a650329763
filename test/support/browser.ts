/** A real browser with checks that the tests of all pages share. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { PROJECT } from '../../tools/stack/settings.ts';

/** Locales, color schemes and window sizes that every page must support. */
export const PAGE_VARIANTS = {
  en: { locale: 'en-GB', colorScheme: 'light', viewport: { width: 1100, height: 800 } },
  ko: { locale: 'ko-KR', colorScheme: 'dark', viewport: { width: 320, height: 700 } },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;
export type PageVariant = keyof typeof PAGE_VARIANTS;

const SCREENSHOTS = join(PROJECT, '.screenshots');

/** @throws Error when there is no Chromium: `apt-get install chromium`, or CHROMIUM_PATH */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(`There is no ${executablePath}: install Chromium (apt-get install chromium) or set CHROMIUM_PATH.`);
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath, args });
}

/** Opens a browser context and collects script errors and violations of the content security policy. */
export async function openContext(
  browser: Browser,
  variant: PageVariant,
): Promise<{ context: BrowserContext; pageErrors: string[] }> {
  const context = await browser.newContext({ ...PAGE_VARIANTS[variant], reducedMotion: 'reduce' });
  context.setDefaultTimeout(20_000);
  const pageErrors: string[] = [];
  context.on('weberror', (error) => pageErrors.push(error.error().message));
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) pageErrors.push(message.text());
  });
  return { context, pageErrors };
}

/** Serious and critical violations that axe finds, as `rule: element`. */
export async function accessibilityViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResult> } };
    return (await axe.run()).violations;
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Whether the page needs horizontal scrolling. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
}

/** Saves a screenshot in `.screenshots/` for manual review. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
