import { exactly } from './durations.ts';
import type { Model, View } from './view.ts';

const POSITION_SPOKEN_EVERY_MS = 30_000;

/** @throws Error when the page has no such element of this kind */
export function element(id: string): HTMLElement;
export function element<T extends Element>(id: string, kind: new () => T): T;
export function element(id: string, kind: new () => Element = HTMLElement): Element {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

let painted = '';
let phase = 'loading';
let spokenAt = -Infinity;

/** Brings the page up to date. What did not change is not touched: neither readers nor the focus are disturbed. */
export function paint(view: View, model: Model): void {
  const { words } = model;
  document.documentElement.lang = model.language;
  document.title = view.phase === 'ready' ? `● ${words.yourTurnTitle}` : `${titleOf(view)}${words.pageTitle}`;
  document.body.dataset['phase'] = view.phase;
  document.body.ariaBusy = String(view.phase === 'loading');
  for (const id of ['title', 'lead', 'label', 'number', 'sub'] as const) write(id, view[id]);
  element('number').classList.toggle('words', !/^[\d.,:✓]*$/.test(view.number));
  write('concert', model.concertId);
  write('language', words.language);
  element('language').lang = model.language === 'ko' ? 'en' : 'ko';
  element('stage').hidden = view.number === '' && view.phase !== 'loading';
  drawArc(view.progress, view.phase);
  paintBanner(model);
  paintActions(view, model);
  const worthwhile = ['waiting', 'pending', 'registered', 'ready', 'active'].includes(view.phase);
  write('note', view.phase === 'waiting' ? words.note : '');
  paintLists(view, model, worthwhile);
  speak(view);
}

function titleOf({ phase: now, number }: View): string {
  return now === 'waiting' ? `${number} · ` : '';
}

function write(id: string, text: string): void {
  const node = element(id);
  if (node.textContent !== text) node.textContent = text;
}

function drawArc(progress: number, now: string): void {
  const share = Math.max(0, Math.min(1, progress));
  const arc = element('arc', SVGElement);
  arc.style.strokeDasharray = `${share * 100} 200`;
  arc.style.visibility = share > 0.005 ? 'visible' : 'hidden';
  const angle = Math.PI * (1 - share);
  const you = element('you', SVGElement);
  you.setAttribute('cx', String(160 + 140 * Math.cos(angle)));
  you.setAttribute('cy', String(164 - 140 * Math.sin(angle)));
  you.style.visibility = ['pending', 'waiting', 'ready', 'active', 'registered'].includes(now) ? 'visible' : 'hidden';
}

function paintBanner({ words, connection, trouble, queue, entry }: Model): void {
  const waits = entry?.state === 'WAITING' || entry?.state === 'REGISTERED' || entry?.state === 'PENDING';
  const steered =
    queue?.state === 'PAUSED' ? words.paused : queue?.state === 'CLOSED' && waits ? words.closedBanner : '';
  const text = trouble ?? (connection === 'lost' ? words.lost : steered);
  write('banner', text);
  element('banner').hidden = text === '';
}

function paintActions({ primary, canLeave }: View, { words }: Model): void {
  const button = element('primary', HTMLButtonElement);
  button.hidden = primary === undefined;
  button.disabled = primary?.disabled ?? false;
  button.dataset['action'] = primary?.action ?? '';
  write('primary', primary?.text ?? '');
  element('leave').hidden = !canLeave;
  write('leave', words.leave);
  write('confirm-title', words.leaveTitle);
  write('confirm-text', words.leaveText);
  write('stay', words.stay);
  write('go', words.leave);
}

/** Lists are written anew, and only when they say something new. */
function paintLists({ facts = [], step }: View, { words, queue }: Model, worthwhile: boolean): void {
  const window = (seconds: number | undefined): string => exactly(seconds ?? 0, words);
  const steps =
    worthwhile && queue && step !== undefined
      ? words.steps(window(queue.policy.claimWindowSeconds), window(queue.policy.activeWindowSeconds))
      : [];
  const now = JSON.stringify([facts, steps, step, words.next]);
  if (now === painted) return;
  painted = now;
  write('next-title', words.next);
  element('next').hidden = steps.length === 0;
  element('steps').replaceChildren(...steps.map(([title, text], at) => stepItem(title, text, at - (step ?? 0))));
  element('facts').hidden = facts.length === 0;
  element('facts').replaceChildren(...facts.map(([term, value]) => factItem(term, value)));
}

function stepItem(title: string, text: string, distance: number): HTMLElement {
  const item = document.createElement('li');
  if (distance < 0) item.className = 'done';
  if (distance === 0) item.ariaCurrent = 'step';
  const name = document.createElement('b');
  name.textContent = title;
  item.append(name, text);
  return item;
}

function factItem(term: string, value: string): HTMLElement {
  const [pair, dt, dd] = [document.createElement('div'), document.createElement('dt'), document.createElement('dd')];
  dt.textContent = term;
  dd.textContent = value;
  pair.append(dt, dd);
  return pair;
}

/** A new phase at once, a call as an alert with the focus on what to do; mere numbers at most twice a minute. */
function speak(view: View): void {
  const isNew = view.phase !== phase;
  const urgent = view.phase === 'ready';
  if (isNew) {
    const focusWasLost = document.activeElement === document.body || !isShown(document.activeElement);
    if (urgent) element('primary').focus();
    else if (focusWasLost && phase !== 'loading') element('title').focus();
  }
  phase = view.phase;
  const now = performance.now();
  if (!isNew && view.phase === 'waiting' && now - spokenAt < POSITION_SPOKEN_EVERY_MS) return;
  const region = urgent ? 'alert' : 'polite';
  if (element(region).textContent === (view.spoken ?? '')) return;
  write(region, view.spoken ?? '');
  if (!urgent) write('alert', '');
  spokenAt = now;
}

function isShown(node: Element | null): boolean {
  return node !== null && node.getClientRects().length > 0;
}
