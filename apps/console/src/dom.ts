type Child = Node | string;
type Attributes = Readonly<Record<string, string | boolean | number | undefined>>;

/** Creates an element. Attributes that are `false` or undefined are omitted. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  node.append(...children);
  return node;
}

export function button(text: string, kind: string, onClick: () => void): HTMLButtonElement {
  const node = el('button', { type: 'button', class: kind }, text);
  node.addEventListener('click', onClick);
  return node;
}

/** Writes changed text only, so that selections and screen readers are not interrupted. */
export function write(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** @throws Error when the page has no such element */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
