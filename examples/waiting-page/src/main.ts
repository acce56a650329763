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
import { NotificationSound } from './notification-sound.ts';
import { element, render } from './render.ts';
import { enterOnce, followShared } from './shared-follow.ts';
import { type Model, viewOf } from './view.ts';

const QUEUE_INTERVAL_MS = 5_000;
/** Shorter interruptions of the connection are not shown. */
const LOST_NOTICE_DELAY_MS = 2_500;
const KEYS = { language: 'concert-queue.language', sound: 'concert-queue.sound' } as const;

const config = await readConfig();
const { concertId } = config;
const room = new WaitingRoom({ baseUrl: config.api, tokens: new BrowserTokens(localStorage) });
const sound = new NotificationSound(localStorage.getItem(KEYS.sound) !== 'off');
const language = preferredLanguage(localStorage.getItem(KEYS.language));
let model: Model = {
  messages: LANGUAGES[language],
  language,
  concertId,
  hasShop: config.shop !== '',
  now: serverNow(config),
};
let following: AbortController | undefined;
let lostTimer: ReturnType<typeof setTimeout> | undefined;
let admissionToken: string | undefined;

function serverNow({ clockOffsetMs }: Config): number {
  return Date.now() + clockOffsetMs;
}

function update(part: Partial<Model>): void {
  model = { ...model, ...part, now: serverNow(config) };
  render(viewOf(model), model);
}

/** Follows the entry if this browser has an entry token. */
async function start(): Promise<void> {
  following?.abort();
  if (!(await room.hasEntry(concertId))) return update({ entry: undefined, connection: undefined });
  const current = new AbortController();
  following = current;
  try {
    await followShared(room, concertId, current.signal, (received) => {
      if (following === current) showUpdate(received);
    });
  } catch (error) {
    if (current.signal.aborted || error instanceof NoEntryError) return;
    // The token is no longer valid, e.g. because its secret was removed.
    await room.forget(concertId);
    update({ entry: undefined, connection: undefined, error: model.messages.tokenLost });
  }
}

function showUpdate({ entry, connection }: Update): void {
  const wasCalled = model.entry?.state === 'READY';
  clearTimeout(lostTimer);
  if (connection === 'lost') lostTimer = setTimeout(() => update({ connection }), LOST_NOTICE_DELAY_MS);
  if (entry.state === 'READY' && !wasCalled) sound.play();
  const aheadAtFirst = entry.state === 'WAITING' ? maxAhead(entry.receipt.offset, entry.ahead ?? 0) : undefined;
  update({ entry, aheadAtFirst, ...(connection === 'lost' ? {} : { connection }) });
}

/** Maximum of entries ahead of this place so far; kept over reloads. */
function maxAhead(receipt: number, ahead: number): number {
  const key = `concert-queue.way.${concertId}`;
  const [known, seen = 0] = (localStorage.getItem(key) ?? '').split(' ').map(Number);
  const max = known === receipt ? Math.max(seen, ahead) : ahead;
  localStorage.setItem(key, `${receipt} ${max}`);
  return max;
}

async function watchQueue(): Promise<void> {
  for (;;) {
    try {
      update({ queue: await room.queue(concertId), unknown: false });
    } catch (error) {
      if (error instanceof QueueProblem && error.code === 'CONCERT_NOT_FOUND') update({ unknown: !model.entry });
      else if (!isPassing(error)) update({ error: messageOf(error) });
    }
    const opensSoon = model.queue?.state === 'SCHEDULED' && Date.parse(model.queue.opensAt ?? '') - model.now < 10_000;
    await new Promise((resolve) =>
      setTimeout(resolve, (opensSoon ? 1_000 : QUEUE_INTERVAL_MS) * (0.8 + 0.4 * Math.random())),
    );
  }
}

function messageOf(error: unknown): string {
  const { problems, failed } = model.messages;
  return (error instanceof QueueProblem ? problems[error.code] : undefined) ?? failed;
}

async function perform(work: () => Promise<void>): Promise<void> {
  update({ busy: true, error: undefined });
  try {
    await work();
    update({ busy: false });
  } catch (error) {
    update({ busy: false, error: messageOf(error) });
  }
}

async function enter(): Promise<void> {
  if (model.entry) await room.forget(concertId); // the token of a closed entry
  await enterOnce(room, concertId);
  void start();
}

/** Claims the place and sends the admission token to the shop, which stores it in a cookie of this browser. */
async function claimAndGo(): Promise<void> {
  ({ admissionToken } = await room.claim(concertId));
  if (config.shop === '') return;
  const headers = { authorization: `Bearer ${admissionToken}` };
  const response = await fetch(`${config.shop}/enter`, { method: 'POST', headers, credentials: 'include' }).catch(
    () => undefined,
  );
  if (response?.ok) location.assign(`${config.shop}/`);
  else update({ error: model.messages.shopUnavailable });
}

async function complete(): Promise<void> {
  admissionToken ??= (await room.claim(concertId)).admissionToken;
  await room.complete(admissionToken);
}

const ACTIONS = { enter, claim: claimAndGo, shop: claimAndGo, complete };

element('primary').addEventListener('click', ({ currentTarget }) => {
  const wanted = currentTarget instanceof HTMLElement ? currentTarget.dataset['action'] : undefined;
  for (const [action, work] of Object.entries(ACTIONS)) if (action === wanted) void perform(work);
});

const confirm = element('confirm', HTMLDialogElement);
element('leave').addEventListener('click', () => confirm.showModal());
element('stay').addEventListener('click', () => confirm.close());
element('go').addEventListener('click', () => {
  confirm.close();
  void perform(async () => void (await room.leave(concertId)));
});

element('language').addEventListener('click', () => {
  const other = model.language === 'en' ? 'ko' : 'en';
  localStorage.setItem(KEYS.language, other);
  update({ language: other, messages: LANGUAGES[other], error: undefined });
  showSound();
});

function showSound(): void {
  element('sound').ariaPressed = String(sound.isOn);
  element('sound-label').textContent = sound.isOn ? model.messages.soundOn : model.messages.soundOff;
}
element('sound').addEventListener('click', () => {
  sound.isOn = !sound.isOn;
  localStorage.setItem(KEYS.sound, sound.isOn ? 'on' : 'off');
  showSound();
  sound.play();
});

// Another tab stored or removed the entry token.
addEventListener('storage', ({ key }) => {
  if (key?.endsWith(`entry.${concertId}`)) void start();
});

showSound();
void watchQueue();
void start();
setInterval(() => update({}), 1_000);
