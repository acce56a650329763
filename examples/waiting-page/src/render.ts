import { formatDuration } from './durations.ts';
import { directionOf } from './languages.ts';
import { noticeIn } from './notice.ts';
import type { Model, View } from './view.ts';

const ANNOUNCEMENT_INTERVAL_MS = 30_000;

/** @throws Error when the page has no such element of this kind */
export function element(id: string): HTMLElement;
export function element<T extends Element>(id: string, kind: new () => T): T;
export function element(id: string, kind: new () => Element = HTMLElement): Element {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

let renderedLists = '';
let phase = 'loading';
let announcedAt = -Infinity;

/** Updates the page. Unchanged parts are not touched, so that screen readers and the focus are not interrupted. */
export function render(view: View, model: Model): void {
  const { messages } = model;
  document.documentElement.lang = model.language;
  document.documentElement.dir = directionOf(model.language);
  document.title = view.phase === 'ready' ? `● ${messages.yourTurnTitle}` : `${titleOf(view)}${messages.pageTitle}`;
  document.body.dataset['phase'] = view.phase;
  document.body.setAttribute('aria-busy', String(view.phase === 'loading' || view.phase === 'checking'));
  for (const id of ['title', 'lead', 'label', 'number', 'sub'] as const) write(id, view[id]);
  element('number').classList.toggle('words', !/^[\d.,:✓]*$/.test(view.number));
  write('concert', model.concertId);
  write('language-label', messages.languageLabel);
  element('stage').hidden = view.number === '';
  renderArc(view.progress, view.phase);
  renderBanner(model);
  renderNotice(model);
  renderActions(view, model);
  renderAddress(model);
  const isInQueue = ['waiting', 'pending', 'registered', 'ready', 'active'].includes(view.phase);
  write('note', messages.note);
  renderLists(view, model, isInQueue);
  announce(view);
}

function titleOf({ phase: now, number }: View): string {
  return now === 'waiting' ? `${number} · ` : '';
}

function write(id: string, text: string): void {
  const node = element(id);
  if (node.textContent !== text) node.textContent = text;
}

function renderArc(progress: number, now: string): void {
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

function renderBanner({ messages, connection, error, queue, entry }: Model): void {
  const isWaiting = entry?.state === 'WAITING' || entry?.state === 'REGISTERED' || entry?.state === 'PENDING';
  const queueNotice =
    queue?.state === 'PAUSED' ? messages.paused : queue?.state === 'CLOSED' && isWaiting ? messages.closedBanner : '';
  const text = error ?? (connection === 'lost' ? messages.lost : queueNotice);
  write('banner', text);
  element('banner').hidden = text === '';
}

/** The operator's notice, as plain text. */
function renderNotice({ queue, language }: Model): void {
  const [tag = '', text = ''] = (queue?.notice && noticeIn(queue.notice, [language, ...navigator.languages])) ?? [];
  write('notice', text);
  element('notice').lang = tag;
  element('notice').hidden = text === '';
}

function renderActions({ primary, canLeave }: View, { messages, canRestore = false }: Model): void {
  const button = element('primary', HTMLButtonElement);
  button.hidden = primary === undefined;
  button.disabled = primary?.disabled ?? false;
  button.dataset['action'] = primary?.action ?? '';
  write('primary', primary?.text ?? '');
  element('restore').hidden = !canRestore;
  write('restore', messages.restore);
  element('leave').hidden = !canLeave;
  write('leave', messages.leave);
  write('confirm-title', messages.leaveTitle);
  write('confirm-text', messages.leaveText);
  write('stay', messages.stay);
  write('go', messages.leave);
}

/** Shows what it means that the browser does not store the place. */
function renderAddress({ addressWithPlace = '', isCopied = false, messages }: Model): void {
  element('not-saved').hidden = addressWithPlace === '';
  write('not-saved-text', messages.notSaved);
  write('address-label', messages.address);
  write('copy', isCopied ? messages.copied : messages.copy);
  const field = element('address', HTMLInputElement);
  if (field.value !== addressWithPlace) field.value = addressWithPlace;
}

/** Replaces the lists if their content has changed. */
function renderLists({ facts = [], step }: View, model: Model, isInQueue: boolean): void {
  const { messages, queue, language, addressWithPlace } = model;
  const duration = (seconds: number | undefined): string => formatDuration(seconds ?? 0, language);
  const steps =
    isInQueue && queue && step !== undefined
      ? [...messages.steps(duration(queue.policy.claimWindowSeconds), duration(queue.policy.activeWindowSeconds))]
      : [];
  // The first step says otherwise that the user may close the page.
  if (steps[0] && addressWithPlace !== undefined) steps[0] = [steps[0][0], messages.notSavedLead];
  const lists = JSON.stringify([facts, steps, step, messages.next]);
  if (lists === renderedLists) return;
  renderedLists = lists;
  write('next-title', messages.next);
  write('proof-title', messages.proof);
  element('next').hidden = steps.length === 0;
  element('steps').replaceChildren(...steps.map(([title, text], index) => stepItem(title, text, index - (step ?? 0))));
  element('proof').hidden = facts.length === 0;
  element('facts').replaceChildren(...facts.map(([term, value]) => factItem(term, value)));
}

function stepItem(title: string, text: string, distance: number): HTMLElement {
  const item = document.createElement('li');
  if (distance < 0) item.className = 'done';
  if (distance === 0) item.setAttribute('aria-current', 'step');
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

/**
 * Announces the view to screen readers: a new phase immediately, a call as an alert with focus on the button, and a new
 * position or time left at most twice a minute.
 */
function announce(view: View): void {
  const isNew = view.phase !== phase;
  const urgent = view.phase === 'ready';
  if (isNew) {
    const focusWasLost = document.activeElement === document.body || !isShown(document.activeElement);
    if (urgent) element('primary').focus();
    else if (focusWasLost && phase !== 'loading') element('title').focus();
  }
  phase = view.phase;
  const now = performance.now();
  if (!isNew && now - announcedAt < ANNOUNCEMENT_INTERVAL_MS) return;
  const region = urgent ? 'alert' : 'polite';
  if (element(region).textContent === (view.announcement ?? '')) return;
  write(region, view.announcement ?? '');
  if (!urgent) write('alert', '');
  announcedAt = now;
}

function isShown(node: Element | null): boolean {
  return node !== null && node.getClientRects().length > 0;
}
