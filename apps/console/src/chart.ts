import { el, write } from './dom.ts';
import type { Words } from './messages.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [300, 100];

/** A line of numbers over time, which begins at 0 and is as high as its highest. */
export interface Chart {
  readonly node: HTMLElement;
  update(values: readonly number[]): void;
}

/** With its name, its latest number and words for those who do not see it. @param tone a class `tone-…` */
export function chart(words: Words, name: string, tone: string, language: string): Chart {
  const latest = el('b');
  const drawing = lines();
  drawing.svg.setAttribute('role', 'img');
  const caption = el('figcaption', {}, el('span', {}, el('span', { class: `key ${tone}` }), name), latest);
  const node = el('figure', { class: `card ${tone}` }, caption, drawing.svg);
  return {
    node,
    update: (values) => {
      const text = (value: number): string => value.toLocaleString(language, { maximumFractionDigits: 1 });
      const now = text(values.at(-1) ?? 0);
      write(latest, now);
      drawing.draw(values);
      drawing.svg.setAttribute('aria-label', words.chart(name, now, text(Math.max(0, ...values))));
    },
  };
}

/** The line alone, for where the number stands beside it. */
export function spark(tone: string): { readonly node: SVGElement; update(values: readonly number[]): void } {
  const { svg, draw } = lines();
  svg.setAttribute('class', `spark ${tone}`);
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
    const most = Math.max(1, ...values);
    // One look alone is drawn as a level line.
    const seen = values.length === 1 ? [...values, ...values] : values;
    const step = WIDTH / Math.max(1, seen.length - 1);
    const points = seen.map(
      (value, at) => `${(at * step).toFixed(1)} ${(HEIGHT - (value / most) * HEIGHT).toFixed(1)}`,
    );
    const path = points.length === 0 ? '' : `M${points.join('L')}`;
    line.setAttribute('d', path);
    area.setAttribute('d', path && `${path}V${HEIGHT}H0Z`);
  };
  return { svg, draw };
}
