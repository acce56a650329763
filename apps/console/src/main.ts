import { Api, ApiError } from './api.ts';
import { ConsoleStore } from './console-store.ts';
import { byId, write } from './dom.ts';
import { LANGUAGES, type Language } from './messages.ts';
import { queueView } from './queue-view.ts';
import { queuesView } from './queues-view.ts';
import { isUnauthorized, signIn } from './sign-in.ts';
import type { View } from './view.ts';

const KEYS = { token: 'concert-queue.admin-token', language: 'concert-queue.language' } as const;
const QUEUES_INTERVAL_MS = 2_000;
/** The API needs one second for each response. */
const PROJECTIONS_INTERVAL_MS = 3_000;

let language: Language = preferredLanguage();
let store: ConsoleStore | undefined;
let view: View = { nodes: [], update: () => undefined };

function preferredLanguage(): Language {
  const tags = [localStorage.getItem(KEYS.language), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return tags.find((tag): tag is Language => tag === 'en' || tag === 'ko') ?? 'en';
}

/** Renders the view that the URL selects. */
function show(reason = ''): void {
  const messages = LANGUAGES[language];
  document.documentElement.lang = language;
  const token = sessionStorage.getItem(KEYS.token);
  byId('sign-out').hidden = token === null;
  write(byId('sign-out'), messages.signOut);
  write(byId('language'), messages.language);
  byId('language').lang = language === 'en' ? 'ko' : 'en';
  write(byId('brand-word'), messages.console);
  if (token === null) {
    store = undefined;
    write(byId('health'), '');
    view = signIn(messages, reason, (accepted) => {
      sessionStorage.setItem(KEYS.token, accepted);
      show();
      startPolling();
    });
  } else {
    store = new ConsoleStore(new Api(token), messages, language, () => view.update(), store);
    const concertId = /^#\/queues\/(.+)$/.exec(location.hash)?.[1];
    view = concertId === undefined ? queuesView(store) : queueView(store, decodeURIComponent(concertId));
    document.title = concertId === undefined ? messages.title : `${decodeURIComponent(concertId)} · concert-queue`;
  }
  byId('main').replaceChildren(...view.nodes);
  view.update();
  const autofocus = byId('main').querySelector<HTMLElement>('[autofocus]') ?? byId('main').querySelector('h1');
  autofocus?.focus();
}

let polling: AbortController | undefined;
/** Refreshes the store at an interval while the page is visible. */
function startPolling(): void {
  polling?.abort();
  polling = new AbortController();
  const { signal } = polling;
  const repeat = async (intervalMs: number, refresh: (current: ConsoleStore) => Promise<void>): Promise<void> => {
    const current = store;
    if (signal.aborted || !current) return;
    if (!document.hidden) await showHealth(() => refresh(current));
    setTimeout(() => void repeat(intervalMs, refresh), intervalMs);
  };
  void repeat(QUEUES_INTERVAL_MS, (current) => current.refreshQueues());
  void repeat(PROJECTIONS_INTERVAL_MS, (current) => current.refreshProjections());
}

async function showHealth(refresh: () => Promise<void>): Promise<void> {
  const messages = LANGUAGES[language];
  const health = byId('health');
  try {
    await refresh();
    health.classList.remove('bad');
    // Screen readers announce a change of the health, not each new time.
    health.ariaLive = 'off';
    write(health, messages.live(new Date().toLocaleTimeString(language)));
  } catch (error) {
    if (isUnauthorized(error)) signOut(messages.wrongToken);
    else if (!(error instanceof ApiError)) throw error;
    else {
      health.classList.add('bad');
      health.ariaLive = 'polite';
      write(health, messages.lost(error.message));
    }
  }
}

function signOut(reason = ''): void {
  sessionStorage.removeItem(KEYS.token);
  show(reason);
}

byId('sign-out').addEventListener('click', () => signOut());
byId('language').addEventListener('click', () => {
  language = language === 'en' ? 'ko' : 'en';
  localStorage.setItem(KEYS.language, language);
  show();
});
addEventListener('hashchange', () => show());
show();
if (store) startPolling();
