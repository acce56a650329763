import { el, write } from './dom.ts';

/** A state in words, coloured by its class. */
export function showState(node: HTMLElement, state: string, text: string): void {
  node.className = `state ${state.split(' ')[0]}`;
  write(node, text);
}

/** Numbers under their names. */
export function tiles(names: readonly string[], language: string) {
  const values = names.map(() => el('dd'));
  const pairs = names.map((name, at) => el('div', {}, el('dt', {}, name), values[at] ?? ''));
  return {
    node: el('dl', { class: 'tiles' }, ...pairs),
    update: (numbers: readonly number[]): void =>
      values.forEach((node, at) => {
        write(node, (numbers[at] ?? 0).toLocaleString(language, { maximumFractionDigits: 1 }));
      }),
  };
}
