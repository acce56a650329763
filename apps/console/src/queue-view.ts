import type { Policy, Queue } from './api.generated.ts';
import type { UserAction } from './api.ts';
import { chart } from './chart.ts';
import type { ConsoleStore } from './console-store.ts';
import { button, el } from './dom.ts';
import { noticeText } from './notice-dialog.ts';
import { showState, tiles } from './stat-tiles.ts';
import type { View } from './view.ts';

/** One queue: its numbers over time, its policy and the actions of the operator. */
export function queueView(store: ConsoleStore, concertId: string): View {
  const { messages, language } = store;
  const state = el('span', { class: 'state' });
  const unknown = el('p', { class: 'soft', hidden: true }, messages.unknownQueue);
  const numbers = tiles(
    [messages.waiting, messages.registered, messages.ready, messages.active, messages.capacity],
    language,
  );
  const charts = [
    [chart(messages, messages.waiting, 'tone-waiting', language), 'waiting'],
    [chart(messages, messages.ready, 'tone-ready', language), 'ready'],
    [chart(messages, messages.active, 'tone-active', language), 'active'],
    [chart(messages, messages.perMinute, 'tone-waiting', language), 'rate'],
  ] as const;
  const policy = el('dl', { class: 'policy' });
  const notice = el('dl', { class: 'policy' });
  const noticeCard = el('section', { class: 'card stack', hidden: true }, el('h2', {}, messages.notice), notice);
  const configure = button(messages.configure, 'main', () => store.configure(find(store, concertId)));
  const editNotice = button(messages.notice, '', () => {
    const queue = find(store, concertId);
    if (queue) store.editNotice(queue);
  });
  const pause = button(messages.pause, '', () => void store.changeQueue(concertId, 'pause'));
  const resume = button(messages.resume, '', () => void store.changeQueue(concertId, 'resume'));
  const close = button(messages.close, 'danger', () => void store.changeQueue(concertId, 'close'));
  const title = el('div', { class: 'row' }, el('h1', { tabindex: -1 }, concertId), state);
  const head = el(
    'section',
    { class: 'stack' },
    el('p', {}, el('a', { href: '#' }, `← ${messages.allQueues}`)),
    el('div', { class: 'bar' }, title, el('div', { class: 'row' }, configure, editNotice, pause, resume, close)),
    el('p', { id: 'action-result', class: 'soft' }),
    unknown,
    el('div', { class: 'card' }, numbers.node),
  );
  const rest = [
    el('section', { class: 'charts', 'aria-label': concertId }, ...charts.map(([{ node }]) => node)),
    noticeCard,
    el('section', { class: 'card stack' }, el('h2', {}, messages.policy), policy),
    userCard(store, concertId),
  ];
  let shown = '';
  return {
    nodes: [head, ...rest],
    update: () => {
      const queue = find(store, concertId);
      unknown.hidden = store.queues === undefined || queue !== undefined;
      configure.disabled = editNotice.disabled = !queue;
      if (!queue) return;
      showState(state, queue.state, messages.state[queue.state]);
      numbers.update([queue.waiting, queue.registered, queue.ready, queue.active, queue.policy.capacity]);
      for (const [{ update }, series] of charts) update(store.timeSeries.of(`${concertId}/${series}`));
      pause.disabled = queue.state === 'PAUSED' || queue.state === 'CLOSED';
      resume.disabled = queue.state === 'OPEN' || queue.state === 'SCHEDULED';
      close.disabled = queue.state === 'CLOSED';
      if (JSON.stringify([queue.policy, queue.notice]) === shown) return;
      shown = JSON.stringify([queue.policy, queue.notice]);
      noticeCard.hidden = !queue.notice;
      notice.replaceChildren(
        ...Object.entries(queue.notice?.texts ?? {}).map(([tag, text]) =>
          el('div', {}, el('dt', {}, tag), noticeText(tag, text)),
        ),
      );
      policy.replaceChildren(...policyItems(store, queue.policy));
    },
  };
}

function find({ queues }: ConsoleStore, concertId: string): Queue | undefined {
  return queues?.find((queue) => queue.concertId === concertId);
}

function policyItems({ messages, language }: ConsoleStore, policy: Policy): HTMLElement[] {
  const text = (name: keyof Policy): string => {
    const value = policy[name];
    if (value === undefined) return messages.none;
    if (name === 'opensAt') return new Date(value).toLocaleString(language);
    if (value === 'draw' || value === 'reject') return messages[value];
    return value.toLocaleString(language);
  };
  const names = Object.keys(messages.fields).filter((name): name is keyof Policy => name in messages.fields);
  return names.map((name) =>
    el('div', {}, el('dt', {}, messages.fields[name].replace(/ \(.*\)$/, '')), el('dd', {}, text(name))),
  );
}

function userCard(store: ConsoleStore, concertId: string): HTMLElement {
  const { messages } = store;
  const id = el('input', { required: true, maxlength: 128, pattern: '[A-Za-z0-9._~\\-]{1,128}', autocomplete: 'off' });
  const form = el('form', {}, el('div', { class: 'fields' }, el('label', {}, messages.userId, id)));
  const change = (action: UserAction): void => {
    if (form.reportValidity()) void store.changeUser(concertId, id.value, action);
  };
  const reinstate = button(messages.reinstate, '', () => change('reinstate'));
  const disqualify = button(messages.disqualify, 'danger', () => change('disqualify'));
  form.append(el('div', { class: 'row' }, disqualify, reinstate));
  form.addEventListener('submit', (event) => event.preventDefault());
  const card = el(
    'section',
    { class: 'card stack' },
    el('h2', {}, messages.users),
    el('p', { class: 'soft' }, messages.usersHelp),
  );
  card.append(form);
  return card;
}
