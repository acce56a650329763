import type { Projections } from './api.generated.ts';
import { chart } from './chart.ts';
import type { Desk } from './console-store.ts';
import { el, write } from './dom.ts';
import { showState } from './stat-tiles.ts';
import type { View } from './view.ts';

type Partition = Projections['partitions'][number];

/** How far the log is folded: lag and dead letters over time, and each partition. */
export function projectionView(desk: Desk): View {
  const { words, language } = desk;
  const lag = chart(words, words.lag, 'tone-ready', language);
  const dead = chart(words, words.deadLetters, 'tone-bad', language);
  const headings = words.columns.map((name, at) => el('th', { scope: 'col', class: isText(at) ? 'text' : '' }, name));
  const body = el('tbody');
  const table = el('table', {}, el('thead', {}, el('tr', {}, ...headings)), body);
  const rows = new Map<number, (partition: Partition) => void>();
  const section = el(
    'section',
    { class: 'stack' },
    el('div', {}, el('h2', {}, words.projection), el('p', { class: 'soft' }, words.projectionHelp)),
    el('div', { class: 'charts' }, lag.node, dead.node),
    // Wider than a phone: scrolled by itself, by keyboard too.
    el('div', { class: 'card scroll', tabindex: 0, role: 'group', 'aria-label': words.projection }, table),
  );
  return {
    nodes: [section],
    update: () => {
      section.hidden = desk.projections === undefined;
      lag.update(desk.history.of('lag'));
      dead.update(desk.history.of('dead'));
      for (const partition of desk.projections?.partitions ?? []) {
        const row = rows.get(partition.partition) ?? partitionRow(desk, body);
        rows.set(partition.partition, row);
        row(partition);
      }
    },
  };
}

/** State and owner are words, the other columns numbers. */
function isText(column: number): boolean {
  return column === 1 || column === 9;
}

function partitionRow({ words, language }: Desk, body: HTMLElement): (partition: Partition) => void {
  const cells = words.columns.map((_, at) => el('td', { class: isText(at) ? 'text' : '' }));
  const state = el('span', { class: 'state' });
  cells[1]?.append(state);
  body.append(el('tr', {}, ...cells));
  return (partition) => {
    const { projectedOffset, logEnd, lagEvents, lagSeconds, eventsPerSecond, concerts, deadLetters } = partition;
    const numbers = [projectedOffset, logEnd, lagEvents, lagSeconds, eventsPerSecond, concerts, deadLetters];
    const texts = numbers.map((value) => value.toLocaleString(language, { maximumFractionDigits: 1 }));
    showState(state, partition.state, words.partitionState[partition.state]);
    state.title = partition.reason ?? '';
    const owner = partition.reason ?? partition.owner ?? words.none;
    [`${partition.partition}`, undefined, ...texts, owner].forEach((text, at) => {
      const cell = cells[at];
      if (cell && text !== undefined) write(cell, text);
    });
  };
}
