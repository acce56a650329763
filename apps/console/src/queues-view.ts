import type { Queue } from './api.generated.ts';
import { sparkline } from './chart.ts';
import type { ConsoleStore } from './console-store.ts';
import { button, el } from './dom.ts';
import { projectionView } from './projection-view.ts';
import { showState, tiles } from './stat-tiles.ts';
import type { View } from './view.ts';

/** All queues, and the projection. */
export function queuesView(store: ConsoleStore): View {
  const { messages } = store;
  const list = el('ul', { class: 'queues' });
  const none = el('p', { class: 'soft', hidden: true }, messages.noQueues);
  const bar = el('div', { class: 'bar' }, el('h1', { tabindex: -1 }, messages.queues));
  bar.append(button(messages.newQueue, 'main', () => store.configure()));
  const projection = projectionView(store);
  const cards = new Map<string, QueueCard>();
  return {
    nodes: [el('section', { class: 'stack' }, bar, none, list), ...projection.nodes],
    update: () => {
      const queues = store.queues ?? [];
      none.hidden = store.queues === undefined || queues.length > 0;
      for (const queue of queues) {
        const card = cards.get(queue.concertId) ?? queueCard(store, queue.concertId);
        cards.set(queue.concertId, card);
        card.update(queue);
        if (!card.node.isConnected) list.append(card.node);
      }
      projection.update();
    },
  };
}

interface QueueCard {
  readonly node: HTMLElement;
  update(queue: Queue): void;
}

function queueCard(store: ConsoleStore, concertId: string): QueueCard {
  const { messages, language } = store;
  const state = el('span', { class: 'state' });
  const values = tiles([messages.waiting, messages.ready, messages.active, messages.perMinute], language);
  const line = sparkline('tone-waiting');
  const head = el('span', { class: 'bar' }, el('span', { class: 'name' }, concertId), state);
  const link = el('a', { class: 'card', href: `#/queues/${encodeURIComponent(concertId)}` }, head, values.node);
  link.append(line.node);
  return {
    node: el('li', {}, link),
    update: (queue) => {
      showState(state, queue.state, messages.state[queue.state]);
      values.update([queue.waiting + queue.registered, queue.ready, queue.active, queue.admittedPerMinute]);
      line.update(store.timeSeries.of(`${concertId}/waiting`));
    },
  };
}
