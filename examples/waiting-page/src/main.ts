import {
  BrowserTokens,
  isPassing,
  NoEntryError,
  QueueProblem,
  type Update,
  WaitingRoom,
} from '../../../clients/typescript/src/index.ts';
import { type Config, readConfig } from './config.ts';
import { LANGUAGES, preferredLanguage } from './messages.ts';
import { Chime } from './notification-sound.ts';
import { element, paint } from './render.ts';
import { enterOnce, followTogether } from './shared-follow.ts';
import { type Model, viewOf } from './view.ts';

const QUEUE_EVERY_MS = 5_000;
/** A connection that is gone for less is not worth a word. */
const LOST_AFTER_MS = 2_500;
const KEYS = { language: 'concert-queue.language', sound: 'concert-queue.sound' } as const;

const config = await readConfig();
const { concertId } = config;
const room = new WaitingRoom({ baseUrl: config.api, tokens: new BrowserTokens(localStorage) });
const chime = new Chime(localStorage.getItem(KEYS.sound) !== 'off');
const language = preferredLanguage(localStorage.getItem(KEYS.language));
let model: Model = {
  words: LANGUAGES[language],
  language,
  concertId,
  hasShop: config.shop !== '',
  now: serverNow(config),
};
let following: AbortController | undefined;
let lostTimer: ReturnType<typeof setTimeout> | undefined;
let admissionToken: string | undefined;

function serverNow({ clockAheadMs }: Config): number {
  return Date.now() + clockAheadMs;
}

function change(part: Partial<Model>): void {
  model = { ...model, ...part, now: serverNow(config) };
  paint(viewOf(model), model);
}

/** Looks where this browser stands: nowhere, or in the queue with a token. */
async function begin(): Promise<void> {
  following?.abort();
  if (!(await room.hasEntry(concertId))) return change({ entry: undefined, connection: undefined });
  const mine = new AbortController();
  following = mine;
  try {
    await followTogether(room, concertId, mine.signal, (update) => {
      if (following === mine) hear(update);
    });
  } catch (error) {
    if (mine.signal.aborted || error instanceof NoEntryError) return;
    // The token is of no use any more, e.g. because its secret was taken out of service.
    await room.forget(concertId);
    change({ entry: undefined, connection: undefined, trouble: model.words.tokenLost });
  }
}

function hear({ entry, connection }: Update): void {
  const wasCalled = model.entry?.state === 'READY';
  clearTimeout(lostTimer);
  if (connection === 'lost') lostTimer = setTimeout(() => change({ connection }), LOST_AFTER_MS);
  if (entry.state === 'READY' && !wasCalled) chime.ring();
  const wayBack = entry.state === 'WAITING' ? farthest(entry.receipt.offset, entry.ahead ?? 0) : undefined;
  change({ entry, aheadAtFirst: wayBack, ...(connection === 'lost' ? {} : { connection }) });
}

/** How many were ahead when this place was first seen, kept over reloads. */
function farthest(receipt: number, ahead: number): number {
  const key = `concert-queue.way.${concertId}`;
  const [of, seen = 0] = (localStorage.getItem(key) ?? '').split(' ').map(Number);
  const most = of === receipt ? Math.max(seen, ahead) : ahead;
  localStorage.setItem(key, `${receipt} ${most}`);
  return most;
}

async function watchQueue(): Promise<void> {
  for (;;) {
    try {
      change({ queue: await room.queue(concertId), unknown: false });
    } catch (error) {
      if (error instanceof QueueProblem && error.code === 'CONCERT_NOT_FOUND') change({ unknown: !model.entry });
      else if (!isPassing(error)) change({ trouble: wordsOf(error) });
    }
    const opensSoon = model.queue?.state === 'SCHEDULED' && Date.parse(model.queue.opensAt ?? '') - model.now < 10_000;
    await new Promise((next) => setTimeout(next, (opensSoon ? 1_000 : QUEUE_EVERY_MS) * (0.8 + 0.4 * Math.random())));
  }
}

function wordsOf(error: unknown): string {
  const { problems, failed } = model.words;
  return (error instanceof QueueProblem ? problems[error.code] : undefined) ?? failed;
}

async function trying(work: () => Promise<void>): Promise<void> {
  change({ busy: true, trouble: undefined });
  try {
    await work();
    change({ busy: false });
  } catch (error) {
    change({ busy: false, trouble: wordsOf(error) });
  }
}

async function enter(): Promise<void> {
  if (model.entry) await room.forget(concertId); // of a life that has ended
  await enterOnce(room, concertId);
  void begin();
}

/** Takes the place, then shows the admission to the shop, which from then on knows this browser by its cookie. */
async function claimAndGo(): Promise<void> {
  ({ admissionToken } = await room.claim(concertId));
  if (config.shop === '') return;
  const headers = { authorization: `Bearer ${admissionToken}` };
  const entered = await fetch(`${config.shop}/enter`, { method: 'POST', headers, credentials: 'include' }).catch(
    () => undefined,
  );
  if (entered?.ok) location.assign(`${config.shop}/`);
  else change({ trouble: model.words.shopAway });
}

async function complete(): Promise<void> {
  admissionToken ??= (await room.claim(concertId)).admissionToken;
  await room.complete(admissionToken);
}

const ACTIONS = { enter, claim: claimAndGo, shop: claimAndGo, complete };

element('primary').addEventListener('click', ({ currentTarget }) => {
  const wanted = currentTarget instanceof HTMLElement ? currentTarget.dataset['action'] : undefined;
  for (const [action, work] of Object.entries(ACTIONS)) if (action === wanted) void trying(work);
});

const confirm = element('confirm', HTMLDialogElement);
element('leave').addEventListener('click', () => confirm.showModal());
element('stay').addEventListener('click', () => confirm.close());
element('go').addEventListener('click', () => {
  confirm.close();
  void trying(async () => void (await room.leave(concertId)));
});

element('language').addEventListener('click', () => {
  const other = model.language === 'en' ? 'ko' : 'en';
  localStorage.setItem(KEYS.language, other);
  change({ language: other, words: LANGUAGES[other], trouble: undefined });
  showSound();
});

function showSound(): void {
  element('sound').ariaPressed = String(chime.isOn);
  element('sound-label').textContent = chime.isOn ? model.words.soundOn : model.words.soundOff;
}
element('sound').addEventListener('click', () => {
  chime.isOn = !chime.isOn;
  localStorage.setItem(KEYS.sound, chime.isOn ? 'on' : 'off');
  showSound();
  chime.ring();
});

// Another tab entered, or gave its token up.
addEventListener('storage', ({ key }) => {
  if (key?.endsWith(`entry.${concertId}`)) void begin();
});

showSound();
void watchQueue();
void begin();
setInterval(() => change({}), 1_000);
