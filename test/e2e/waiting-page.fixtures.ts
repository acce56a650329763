/** The waiting page in Chromium, on a scripted waiting room. */
import { beforeAll } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ScriptedRoom } from '../client/scripted-room.ts';
import { openBrowser, openContext } from '../support/browser.ts';
import { startExample } from '../support/example.ts';
import { testResources } from '../support/test-resources.ts';

/** Where the page stores the entry token of the concert c1. */
export const TOKEN_KEY = 'concert-queue.entry.c1';

/** Stores the token once in each tab, so that tests see whether the page removes it. */
const SEED = `try {
  if (sessionStorage.getItem('seeded') === null) localStorage.setItem('${TOKEN_KEY}', 'a.b.c');
  sessionStorage.setItem('seeded', 'yes');
} catch {}`;

export interface WaitingPageFixtures {
  readonly room: () => ScriptedRoom;
  readonly url: (concertId?: string) => string;
  /** A browser of its own. `script` runs before every page. */
  readonly open: (script?: string) => Promise<BrowserContext>;
  /** A browser that has an entry token for c1. */
  readonly openWithToken: (script?: string) => Promise<BrowserContext>;
}

export function waitingPageFixtures(): WaitingPageFixtures {
  const resources = testResources();
  let room: ScriptedRoom;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    room = resources.use(await ScriptedRoom.open());
    browser = resources.use(await openBrowser());
    const site = await startExample('waiting-page', { WAITING_ROOM: room.url });
    resources.use(site.server);
    ({ url } = site);
  }, 120_000);
  const open = async (script?: string): Promise<BrowserContext> => {
    const { context } = await openContext(browser, 'en');
    if (script !== undefined) await context.addInitScript({ content: script });
    return context;
  };
  return {
    room: () => room,
    url: (concertId = 'c1') => `${url}/?concert=${concertId}`,
    open,
    openWithToken: async (script) => {
      const context = await open(script);
      await context.addInitScript({ content: SEED });
      return context;
    },
  };
}

export const isInPhase = (page: Page, phase: string): Promise<void> =>
  page.locator(`body[data-phase="${phase}"]`).waitFor();

/** Every phase that the page has shown since its document was loaded. Call it before. */
export async function recordPhases(page: Page): Promise<() => Promise<string[]>> {
  const content = `const phases = (globalThis.phases = []);
    document.addEventListener('DOMContentLoaded', () => {
      const note = () => phases.push(document.body.dataset.phase);
      new MutationObserver(note).observe(document.body, { attributeFilter: ['data-phase'] });
    });`;
  await page.addInitScript({ content });
  return () => page.evaluate<string[]>('phases');
}
