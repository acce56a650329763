import { el, write } from './dom.ts';
import type { Messages } from './messages.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [300, 100];

/** A line chart of numbers over time. The axis goes from 0 to the maximum. */
export interface Chart {
  readonly node: HTMLElement;
  update(values: readonly number[]): void;
}

/** A chart with name, latest number and a text alternative. @param tone a class `tone-…` */
export function chart(messages: Messages, name: string, tone: string, language: string): Chart {
  const latest = el('b');
  const drawing = lines();
  drawing.svg.setAttribute('role', 'img');
  const caption = el('figcaption', {}, el('span', {}, el('span', { class: `key ${tone}` }), name), latest);
  const node = el('figure', { class: `card ${tone}` }, caption, drawing.svg);
  return {
    node,
    update: (values) => {
      const text = (value: number): string => value.toLocaleString(language, { maximumFractionDigits: 1 });
      const current = text(values.at(-1) ?? 0);
      write(latest, current);
      drawing.draw(values);
      drawing.svg.setAttribute('aria-label', messages.chart(name, current, text(Math.max(0, ...values))));
    },
  };
}

/** The line without name and number. */
export function sparkline(tone: string): { readonly node: SVGElement; update(values: readonly number[]): void } {
  const { svg, draw } = lines();
  svg.setAttribute('class', `sparkline ${tone}`);
  svg.setAttribute('aria-hidden', 'true');
  return { node: svg, update: draw };
}

function lines() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 -4 ${WIDTH} ${HEIGHT + 8}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  const part = (tag: string, attributes: Readonly<Record<string, string>>): Element => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    svg.append(node);
    return node;
  };
  part('line', { class: 'grid', x1: '0', x2: `${WIDTH}`, y1: `${HEIGHT}`, y2: `${HEIGHT}` });
  const area = part('path', { class: 'area' });
  const line = part('path', { class: 'line' });
  const draw = (values: readonly number[]): void => {
    const max = Math.max(1, ...values);
    // A single value is drawn as a horizontal line.
    const points = values.length === 1 ? [...values, ...values] : values;
    const step = WIDTH / Math.max(1, points.length - 1);
    const coordinates = points.map(
      (value, index) => `${(index * step).toFixed(1)} ${(HEIGHT - (value / max) * HEIGHT).toFixed(1)}`,
    );
    const path = coordinates.length === 0 ? '' : `M${coordinates.join('L')}`;
    line.setAttribute('d', path);
    area.setAttribute('d', path && `${path}V${HEIGHT}H0Z`);
  };
  return { svg, draw };
}
