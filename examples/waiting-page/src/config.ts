import { Backoff, pause } from '../../../clients/typescript/src/index.ts';

/** Settings of the page. */
export interface Config {
  readonly concertId: string;
  /** Base URL of the waiting room. */
  readonly api: string;
  /** Whether the server of the page forwards to the waiting room, and so identifies the user. */
  readonly isForwarded: boolean;
  /** URL of the protected site without a trailing slash; empty: none. */
  readonly shop: string;
}

interface Settings {
  readonly api?: string;
  readonly shop?: string;
}

const ANSWER_WITHIN_MS = 5_000;

export function concertInUrl(): string {
  return new URLSearchParams(location.search).get('concert') ?? 'demo';
}

/** Reads the settings from the document, or from `config.json` where a static server cannot write them into it. */
export async function readConfig(): Promise<Config> {
  const { api = '', shop = '' } = settingsInDocument() ?? (await settingsFromFile());
  return {
    concertId: concertInUrl(),
    api: api === '' ? new URL('.', document.baseURI).href : api,
    isForwarded: api === '',
    shop: shop.replace(/\/+$/, ''),
  };
}

function settingsInDocument(): Settings | undefined {
  const text = document.getElementById('config')?.textContent;
  return text ? (JSON.parse(text) as Settings) : undefined;
}

/** Tries until it succeeds: without its settings the page is of no use. */
async function settingsFromFile(): Promise<Settings> {
  const backoff = new Backoff();
  const never = new AbortController().signal;
  for (;;) {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), ANSWER_WITHIN_MS);
    try {
      const response = await fetch('config.json', { cache: 'no-store', signal: timeout.signal });
      if (response.ok) return (await response.json()) as Settings;
    } catch (error) {
      console.warn('config.json cannot be read', error);
    } finally {
      clearTimeout(timer);
    }
    await pause(backoff.next(), never);
  }
}
