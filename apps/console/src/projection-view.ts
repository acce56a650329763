import type { Projections } from './api.generated.ts';
import { chart } from './chart.ts';
import type { ConsoleStore } from './console-store.ts';
import { el, write } from './dom.ts';
import { showState } from './stat-tiles.ts';
import type { View } from './view.ts';

type Partition = Projections['partitions'][number];

/** Lag and dead letters over time, and a table of the partitions. */
export function projectionView(store: ConsoleStore): View {
  const { messages, language } = store;
  const lag = chart(messages, messages.lag, 'tone-ready', language);
  const dead = chart(messages, messages.deadLetters, 'tone-bad', language);
  const headings = messages.columns.map((name, column) =>
    el('th', { scope: 'col', class: isText(column) ? 'text' : '' }, name),
  );
  const body = el('tbody');
  const table = el('table', {}, el('thead', {}, el('tr', {}, ...headings)), body);
  const rows = new Map<number, (partition: Partition) => void>();
  const section = el(
    'section',
    { class: 'stack' },
    el('div', {}, el('h2', {}, messages.projection), el('p', { class: 'soft' }, messages.projectionHelp)),
    el('div', { class: 'charts' }, lag.node, dead.node),
    // Wider than a phone: the table scrolls on its own, also by keyboard.
    el('div', { class: 'card scroll', tabindex: 0, role: 'group', 'aria-label': messages.projection }, table),
  );
  return {
    nodes: [section],
    update: () => {
      section.hidden = store.projections === undefined;
      lag.update(store.timeSeries.of('lag'));
      dead.update(store.timeSeries.of('dead'));
      for (const partition of store.projections?.partitions ?? []) {
        const row = rows.get(partition.partition) ?? partitionRow(store, body);
        rows.set(partition.partition, row);
        row(partition);
      }
    },
  };
}

/** State and owner are text; the other columns are numbers. */
function isText(column: number): boolean {
  return column === 1 || column === 9;
}

function partitionRow({ messages, language }: ConsoleStore, body: HTMLElement): (partition: Partition) => void {
  const cells = messages.columns.map((_, column) => el('td', { class: isText(column) ? 'text' : '' }));
  const state = el('span', { class: 'state' });
  cells[1]?.append(state);
  body.append(el('tr', {}, ...cells));
  return (partition) => {
    const { projectedOffset, logEnd, lagEvents, lagSeconds, eventsPerSecond, concerts, deadLetters } = partition;
    const numbers = [projectedOffset, logEnd, lagEvents, lagSeconds, eventsPerSecond, concerts, deadLetters];
    const texts = numbers.map((value) => value.toLocaleString(language, { maximumFractionDigits: 1 }));
    showState(state, partition.state, messages.partitionState[partition.state]);
    state.title = partition.reason ?? '';
    const owner = partition.reason ?? partition.owner ?? messages.none;
    [`${partition.partition}`, undefined, ...texts, owner].forEach((text, column) => {
      const cell = cells[column];
      if (cell && text !== undefined) write(cell, text);
    });
  };
}
