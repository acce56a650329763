import { Api, Refusal } from './api.ts';
import { Desk } from './console-store.ts';
import { byId, write } from './dom.ts';
import { LANGUAGES, type Language } from './messages.ts';
import { queueView } from './queue-view.ts';
import { queuesView } from './queues-view.ts';
import { isStranger, signIn } from './sign-in.ts';
import type { View } from './view.ts';

const KEYS = { token: 'concert-queue.admin-token', language: 'concert-queue.language' } as const;
const QUEUES_EVERY_MS = 2_000;
/** The API takes a second for each look. */
const PROJECTIONS_EVERY_MS = 3_000;

let language: Language = preferred();
let desk: Desk | undefined;
let view: View = { nodes: [], update: () => undefined };

function preferred(): Language {
  const tags = [localStorage.getItem(KEYS.language), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return tags.find((tag): tag is Language => tag === 'en' || tag === 'ko') ?? 'en';
}

/** Shows what the address names, from the beginning. */
function show(reason = ''): void {
  const words = LANGUAGES[language];
  document.documentElement.lang = language;
  const token = sessionStorage.getItem(KEYS.token);
  byId('sign-out').hidden = token === null;
  write(byId('sign-out'), words.signOut);
  write(byId('language'), words.language);
  byId('language').lang = language === 'en' ? 'ko' : 'en';
  write(byId('brand-word'), words.console);
  if (token === null) {
    desk = undefined;
    write(byId('health'), '');
    view = signIn(words, reason, (taken) => {
      sessionStorage.setItem(KEYS.token, taken);
      show();
      watch();
    });
  } else {
    const known = desk;
    desk = new Desk(new Api(token), words, language, () => view.update(), known);
    const concertId = /^#\/queues\/(.+)$/.exec(location.hash)?.[1];
    view = concertId === undefined ? queuesView(desk) : queueView(desk, decodeURIComponent(concertId));
    document.title = concertId === undefined ? words.title : `${decodeURIComponent(concertId)} · concert-queue`;
  }
  byId('main').replaceChildren(...view.nodes);
  view.update();
  const autofocus = byId('main').querySelector<HTMLElement>('[autofocus]') ?? byId('main').querySelector('h1');
  autofocus?.focus();
}

let watching: AbortController | undefined;
/** Looks again and again, while somebody looks at it. */
function watch(): void {
  watching?.abort();
  watching = new AbortController();
  const { signal } = watching;
  const repeat = async (everyMs: number, look: (at: Desk) => Promise<void>): Promise<void> => {
    const at = desk;
    if (signal.aborted || !at) return;
    if (!document.hidden) await attempt(() => look(at));
    setTimeout(() => void repeat(everyMs, look), everyMs);
  };
  void repeat(QUEUES_EVERY_MS, (at) => at.lookAtQueues());
  void repeat(PROJECTIONS_EVERY_MS, (at) => at.lookAtProjections());
}

async function attempt(look: () => Promise<void>): Promise<void> {
  const words = LANGUAGES[language];
  const health = byId('health');
  try {
    await look();
    health.classList.remove('bad');
    // The time alone is no news for a screen reader: the region speaks when this turns from bad to good.
    health.ariaLive = 'off';
    write(health, words.live(new Date().toLocaleTimeString(language)));
  } catch (error) {
    if (isStranger(error)) signOut(words.wrongToken);
    else if (!(error instanceof Refusal)) throw error;
    else {
      health.classList.add('bad');
      health.ariaLive = 'polite';
      write(health, words.lost(error.message));
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
if (desk) watch();
