import {
  Backoff,
  BrowserTokens,
  ConnectionError,
  NoEntryError,
  pause,
  QueueProblem,
  type QueueStatus,
  type Update,
  WaitingRoom,
} from '../../../clients/typescript/src/index.ts';
import { concertInUrl, readConfig } from './config.ts';
import { Controls } from './controls.ts';
import { preferredLanguage, textsOf } from './languages.ts';
import { EN } from './messages/en.ts';
import { PageStorage } from './page-storage.ts';
import { keepPlaceInAddress, takePlaceFromAddress } from './place-in-url.ts';
import { render } from './render.ts';
import { enterOnce, followShared } from './shared-follow.ts';
import { type Model, viewOf } from './view.ts';

const QUEUE_INTERVAL_MS = 5_000;
/** Shorter interruptions of the connection are not shown. */
const LOST_NOTICE_DELAY_MS = 2_500;
const TEXTS_WITHIN_MS = 2_000;
const SLOW_NOTICE_DELAY_MS = 3_000;
const FOLLOW_AGAIN_MS = 10_000;
const USER_KEY = 'concert-queue.user';

const storage = new PageStorage();
const tokens = new BrowserTokens(() => localStorage);
const concertId = concertInUrl();
let model: Model = { messages: EN, language: 'en', concertId, hasShop: false, now: Date.now() };
let room: WaitingRoom | undefined;
let following: AbortController | undefined;
let lostTimer: ReturnType<typeof setTimeout> | undefined;
let admissionToken: string | undefined;
const never = new AbortController().signal;

function update(part: Partial<Model>): void {
  model = { ...model, ...part, now: room?.now() ?? Date.now() };
  render(viewOf(model), model);
}

document.documentElement.dataset['started'] = '';
const texts = textsOf(preferredLanguage(Controls.storedLanguage(storage))).then(update);
await Promise.race([texts, pause(TEXTS_WITHIN_MS, never)]); // English until they arrive
update({});
setTimeout(() => update({ isSlow: true }), SLOW_NOTICE_DELAY_MS);
const controls = new Controls(storage, () => model, update);
takePlaceFromAddress(tokens, concertId);

const config = await readConfig();
const waitingRoom = new WaitingRoom({ baseUrl: config.api, tokens });
room = waitingRoom;
update({ hasShop: config.shop !== '' });

/** Follows the entry if this browser has an entry token. */
async function start(): Promise<void> {
  following?.abort();
  const hasToken = await waitingRoom.hasEntry(concertId);
  update({ hasToken, addressWithPlace: keepPlaceInAddress(tokens, concertId) });
  if (!hasToken) return update({ entry: undefined, connection: undefined });
  const current = new AbortController();
  following = current;
  const onUpdate = (received: Update): void => {
    if (following === current) showUpdate(received);
  };
  while (!current.signal.aborted) {
    try {
      return await followShared(waitingRoom, concertId, current.signal, onUpdate, showQueueStatus);
    } catch (error) {
      if (current.signal.aborted || error instanceof NoEntryError) return;
      if (error instanceof QueueProblem && error.code === 'UNAUTHENTICATED') return forgetPlace();
      // Nothing else proves that the token is of no use: it is kept, whatever has happened.
      console.error('following the entry failed', error);
      showConnection('lost');
      await pause(FOLLOW_AGAIN_MS * (0.75 + Math.random() / 2), never);
    }
  }
}

/** The waiting room has rejected the token repeatedly. A copy of it remains for another attempt. */
async function forgetPlace(): Promise<void> {
  await waitingRoom.forget(concertId);
  update({ canRestore: true, error: model.messages.tokenLost });
  await start();
}

function showUpdate({ entry, connection }: Update): void {
  showConnection(connection);
  if (isOlder(entry, model.entry)) return;
  const wasCalled = model.entry?.state === 'READY';
  if (entry.state === 'READY' && !wasCalled) {
    controls.closeQuestion();
    controls.sound.play();
  }
  const aheadAtFirst = entry.state === 'WAITING' ? maxAhead(entry.receipt.offset, entry.ahead ?? 0) : undefined;
  update({ entry, aheadAtFirst });
}

/** Comes by the stream, before the next document. */
function showQueueStatus(status: QueueStatus): void {
  if (!model.queue) return;
  const { notice: _, ...queue } = model.queue;
  update({ queue: { ...queue, ...status } });
}

/** Tabs and servers may be behind each other. */
function isOlder(entry: Update['entry'], shown: Update['entry'] | undefined): boolean {
  if (!shown) return false;
  return (
    entry.receipt.offset < shown.receipt.offset ||
    (entry.receipt.offset === shown.receipt.offset && entry.projectedOffset < shown.projectedOffset)
  );
}

function showConnection(connection: Update['connection']): void {
  if (connection === 'lost') lostTimer ??= setTimeout(() => update({ connection }), LOST_NOTICE_DELAY_MS);
  else {
    clearTimeout(lostTimer);
    lostTimer = undefined;
    if (model.connection !== connection) update({ connection });
  }
}

/** Maximum of entries ahead of this place so far; kept over reloads. */
function maxAhead(receipt: number, ahead: number): number {
  const key = `concert-queue.way.${concertId}`;
  const [known, seen = 0] = (storage.get(key) ?? '').split(' ').map(Number);
  const max = known === receipt ? Math.max(seen, ahead) : ahead;
  storage.set(key, `${receipt} ${max}`);
  return max;
}

async function watchQueue(): Promise<void> {
  const backoff = new Backoff();
  for (;;) {
    let waitMs = QUEUE_INTERVAL_MS * (0.8 + 0.4 * Math.random());
    try {
      update({ queue: await waitingRoom.queue(concertId, { attempts: 1 }), unknown: false });
      backoff.reset();
      if (model.connection !== 'stream') showConnection('polling');
      const opensSoon =
        model.queue?.state === 'SCHEDULED' && Date.parse(model.queue.opensAt ?? '') - model.now < 10_000;
      if (opensSoon) waitMs /= 5;
    } catch (error) {
      const isUnknown = error instanceof QueueProblem && error.code === 'CONCERT_NOT_FOUND';
      if (isUnknown) update({ unknown: true });
      else waitMs = backoff.next(error instanceof QueueProblem ? error.retryAfterMs : undefined);
      if (error instanceof ConnectionError) showConnection('lost');
    }
    await pause(waitMs, never);
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
  if (model.entry) await waitingRoom.forget(concertId); // the token of a closed entry
  await enterOnce(waitingRoom, concertId, config.isForwarded ? userKey() : undefined);
  void start();
}

/** Identifies this browser where cookies do not. Exists before the first request, so that its repetition is the same user. */
function userKey(): string {
  const known = storage.get(USER_KEY);
  if (known !== null) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  storage.set(USER_KEY, key);
  return key;
}

/** Claims the place and sends the admission token to the shop, which stores it in a cookie of this browser. */
async function claimAndGo(): Promise<void> {
  ({ admissionToken } = await waitingRoom.claim(concertId));
  if (config.shop === '') return;
  const headers = { authorization: `Bearer ${admissionToken}` };
  const response = await fetch(`${config.shop}/enter`, { method: 'POST', headers, credentials: 'include' }).catch(
    () => undefined,
  );
  if (response?.ok) location.assign(`${config.shop}/`);
  else update({ error: model.messages.shopUnavailable });
}

async function complete(): Promise<void> {
  admissionToken ??= (await waitingRoom.claim(concertId)).admissionToken;
  await waitingRoom.complete(admissionToken);
}

async function restore(): Promise<void> {
  tokens.restore(concertId);
  update({ canRestore: false });
  await start();
}

controls.connect({
  enter: () => void perform(enter),
  claim: () => void perform(claimAndGo),
  shop: () => void perform(claimAndGo),
  complete: () => void perform(complete),
  leave: () => void perform(async () => void (await waitingRoom.leave(concertId))),
  restore: () => void restore(),
});

// Another tab stored or removed the entry token.
addEventListener('storage', ({ key }) => {
  if (key === `concert-queue.entry.${concertId}`) void start();
});

void watchQueue();
void start();
setInterval(() => update({}), 1_000);
