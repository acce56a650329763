import { el, write } from './dom.ts';

/** Shows a state as text; its class sets the colour. */
export function showState(node: HTMLElement, state: string, text: string): void {
  node.className = `state ${state.split(' ')[0]}`;
  write(node, text);
}

/** A list of names with numbers. */
export function tiles(names: readonly string[], language: string) {
  const values = names.map(() => el('dd'));
  const pairs = names.map((name, index) => el('div', {}, el('dt', {}, name), values[index] ?? ''));
  return {
    node: el('dl', { class: 'tiles' }, ...pairs),
    update: (numbers: readonly number[]): void =>
      values.forEach((node, index) => {
        write(node, (numbers[index] ?? 0).toLocaleString(language, { maximumFractionDigits: 1 }));
      }),
  };
}
