import type { Queue } from './api.generated.ts';
import { spark } from './chart.ts';
import type { Desk } from './console-store.ts';
import { button, el } from './dom.ts';
import { projectionView } from './projection-view.ts';
import { showState, tiles } from './stat-tiles.ts';
import type { View } from './view.ts';

/** All queues at a glance, and the projection. */
export function queuesView(desk: Desk): View {
  const { words } = desk;
  const list = el('ul', { class: 'queues' });
  const none = el('p', { class: 'soft', hidden: true }, words.noQueues);
  const bar = el('div', { class: 'bar' }, el('h1', { tabindex: -1 }, words.queues));
  bar.append(button(words.newQueue, 'main', () => desk.configure()));
  const projection = projectionView(desk);
  const cards = new Map<string, QueueCard>();
  return {
    nodes: [el('section', { class: 'stack' }, bar, none, list), ...projection.nodes],
    update: () => {
      const queues = desk.queues ?? [];
      none.hidden = desk.queues === undefined || queues.length > 0;
      for (const queue of queues) {
        const card = cards.get(queue.concertId) ?? queueCard(desk, queue.concertId);
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

function queueCard(desk: Desk, concertId: string): QueueCard {
  const { words, language } = desk;
  const state = el('span', { class: 'state' });
  const values = tiles([words.waiting, words.ready, words.active, words.perMinute], language);
  const line = spark('tone-waiting');
  const head = el('span', { class: 'bar' }, el('span', { class: 'name' }, concertId), state);
  const link = el('a', { class: 'card', href: `#/queues/${encodeURIComponent(concertId)}` }, head, values.node);
  link.append(line.node);
  return {
    node: el('li', {}, link),
    update: (queue) => {
      showState(state, queue.state, words.state[queue.state]);
      values.update([queue.waiting + queue.registered, queue.ready, queue.active, queue.admittedPerMinute]);
      line.update(desk.history.of(`${concertId}/waiting`));
    },
  };
}
