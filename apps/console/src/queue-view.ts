import type { Policy, Queue } from './api.generated.ts';
import { chart } from './chart.ts';
import type { Desk } from './console-store.ts';
import { button, el } from './dom.ts';
import { showState, tiles } from './stat-tiles.ts';
import type { View } from './view.ts';

/** One queue: its numbers over time, its policy, and what an operator may do with it. */
export function queueView(desk: Desk, concertId: string): View {
  const { words, language } = desk;
  const state = el('span', { class: 'state' });
  const gone = el('p', { class: 'soft', hidden: true }, words.goneQueue);
  const numbers = tiles([words.waiting, words.registered, words.ready, words.active, words.capacity], language);
  const charts = [
    [chart(words, words.waiting, 'tone-waiting', language), 'waiting'],
    [chart(words, words.ready, 'tone-ready', language), 'ready'],
    [chart(words, words.active, 'tone-active', language), 'active'],
    [chart(words, words.perMinute, 'tone-waiting', language), 'rate'],
  ] as const;
  const policy = el('dl', { class: 'policy' });
  const configure = button(words.configure, 'main', () => desk.configure(find(desk, concertId)));
  const pause = button(words.pause, '', () => void desk.steer(concertId, 'pause'));
  const resume = button(words.resume, '', () => void desk.steer(concertId, 'resume'));
  const close = button(words.close, 'danger', () => void desk.steer(concertId, 'close'));
  const title = el('div', { class: 'row' }, el('h1', { tabindex: -1 }, concertId), state);
  const head = el(
    'section',
    { class: 'stack' },
    el('p', {}, el('a', { href: '#' }, `← ${words.allQueues}`)),
    el('div', { class: 'bar' }, title, el('div', { class: 'row' }, configure, pause, resume, close)),
    el('p', { id: 'outcome', class: 'soft' }),
    gone,
    el('div', { class: 'card' }, numbers.node),
  );
  const rest = [
    el('section', { class: 'charts', 'aria-label': concertId }, ...charts.map(([{ node }]) => node)),
    el('section', { class: 'card stack' }, el('h2', {}, words.policy), policy),
    userCard(desk, concertId),
  ];
  let shown = '';
  return {
    nodes: [head, ...rest],
    update: () => {
      const queue = find(desk, concertId);
      gone.hidden = desk.queues === undefined || queue !== undefined;
      configure.disabled = !queue;
      if (!queue) return;
      showState(state, queue.state, words.state[queue.state]);
      numbers.update([queue.waiting, queue.registered, queue.ready, queue.active, queue.policy.capacity]);
      for (const [{ update }, what] of charts) update(desk.history.of(`${concertId}/${what}`));
      pause.disabled = queue.state === 'PAUSED' || queue.state === 'CLOSED';
      resume.disabled = queue.state === 'OPEN' || queue.state === 'SCHEDULED';
      close.disabled = queue.state === 'CLOSED';
      if (JSON.stringify(queue.policy) === shown) return;
      shown = JSON.stringify(queue.policy);
      policy.replaceChildren(...policyItems(desk, queue.policy));
    },
  };
}

function find({ queues }: Desk, concertId: string): Queue | undefined {
  return queues?.find((queue) => queue.concertId === concertId);
}

function policyItems({ words, language }: Desk, policy: Policy): HTMLElement[] {
  const text = (name: keyof Policy): string => {
    const value = policy[name];
    if (value === undefined) return words.none;
    if (name === 'opensAt') return new Date(value).toLocaleString(language);
    if (value === 'draw' || value === 'reject') return words[value];
    return value.toLocaleString(language);
  };
  const names = Object.keys(words.fields).filter((name): name is keyof Policy => name in words.fields);
  return names.map((name) =>
    el('div', {}, el('dt', {}, words.fields[name].replace(/ \(.*\)$/, '')), el('dd', {}, text(name))),
  );
}

function userCard(desk: Desk, concertId: string): HTMLElement {
  const { words } = desk;
  const id = el('input', { required: true, maxlength: 128, pattern: '[A-Za-z0-9._~\\-]{1,128}', autocomplete: 'off' });
  const form = el('form', {}, el('div', { class: 'fields' }, el('label', {}, words.userId, id)));
  const judge = (how: 'disqualify' | 'reinstate'): void => {
    if (form.reportValidity()) void desk.judge(concertId, id.value, how);
  };
  const reinstate = button(words.reinstate, '', () => judge('reinstate'));
  const disqualify = button(words.disqualify, 'danger', () => judge('disqualify'));
  form.append(el('div', { class: 'row' }, disqualify, reinstate));
  form.addEventListener('submit', (event) => event.preventDefault());
  const card = el(
    'section',
    { class: 'card stack' },
    el('h2', {}, words.users),
    el('p', { class: 'soft' }, words.usersHelp),
  );
  card.append(form);
  return card;
}
