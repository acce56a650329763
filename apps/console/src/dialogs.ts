import type { Policy, Queue } from './api.generated.ts';
import { Refusal } from './api.ts';
import { button, byId, el, write } from './dom.ts';
import type { Words } from './messages.ts';

function dialog(): HTMLDialogElement {
  const node = byId('dialog');
  if (!(node instanceof HTMLDialogElement)) throw new Error('#dialog is no dialog');
  return node;
}

/** Asks back before something is done. Resolves with whether the operator wants it. */
export function ask(words: Words, title: string, text: string, verb: string, isGrave: boolean): Promise<boolean> {
  const node = dialog();
  return new Promise((resolve) => {
    let wanted = false;
    const go = button(verb, isGrave ? 'danger' : 'main', () => {
      wanted = true;
      node.close();
    });
    const cancel = button(words.cancel, '', () => node.close());
    cancel.autofocus = true;
    const body = el('div', { class: 'stack' }, el('h2', { id: 'dialog-title' }, title), el('p', {}, text));
    body.append(el('div', { class: 'row' }, go, cancel));
    node.replaceChildren(body);
    node.addEventListener('close', () => resolve(wanted), { once: true });
    node.showModal();
  });
}

const NUMBERS = [
  ['capacity', 1_000_000, true],
  ['admissionsPerMinute', 1_000_000, true],
  ['claimWindowSeconds', 604_800, true],
  ['activeWindowSeconds', 604_800, true],
  ['maximumWaiting', 10_000_000, false],
  ['minimumBalance', 1_000_000_000_000_000, false],
  ['outcomeRetentionSeconds', 2_592_000, false],
] as const;

const USUAL: Policy = { capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 };

/** Lets the operator write a policy, for a queue that is there or for a new one. Closes once `save` has worked. */
export function editPolicy(
  words: Words,
  queue: Queue | undefined,
  save: (concertId: string, policy: Policy) => Promise<void>,
): void {
  const node = dialog();
  const policy = queue?.policy ?? USUAL;
  const trouble = el('p', { class: 'trouble', role: 'alert' });
  const id = el('input', { name: 'concertId', required: true, pattern: '[A-Za-z0-9._~\\-]{1,64}', maxlength: 64 });
  const numbers = NUMBERS.map(([name, max, required]) => {
    const value = policy[name];
    const min = name === 'minimumBalance' ? 0 : 1;
    return field(words.fields[name], el('input', { name, type: 'number', min, max, step: 1, required, value }));
  });
  const opensAt = el('input', { name: 'opensAt', type: 'datetime-local', step: 1, value: localTime(policy.opensAt) });
  const before = el('select', { name: 'beforeOpening' });
  for (const how of ['reject', 'draw'] as const)
    before.append(el('option', { value: how, selected: policy.beforeOpening === how }, words[how]));
  const send = el('button', { class: 'main' }, words.save);
  const form = el(
    'form',
    {},
    el('h2', { id: 'dialog-title' }, queue ? `${words.configure}: ${queue.concertId}` : words.newQueue),
    ...(queue ? [] : [field(words.concertId, id)]),
    el(
      'div',
      { class: 'fields' },
      ...numbers,
      field(words.fields.opensAt, opensAt),
      field(words.fields.beforeOpening, before),
    ),
    trouble,
    el(
      'div',
      { class: 'row' },
      send,
      button(words.cancel, '', () => node.close()),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send.disabled = true;
    save(queue?.concertId ?? id.value, policyOf(new FormData(form)))
      .then(() => node.close())
      .catch((error: unknown) => write(trouble, error instanceof Refusal ? error.message : String(error)))
      .finally(() => (send.disabled = false));
  });
  node.replaceChildren(form);
  node.showModal();
}

function field(name: string, input: HTMLElement): HTMLElement {
  return el('label', {}, name, input);
}

function policyOf(data: FormData): Policy {
  const text = (name: string): string => {
    const value = data.get(name);
    return typeof value === 'string' ? value : '';
  };
  const opensAt = text('opensAt');
  return {
    ...USUAL,
    ...Object.fromEntries(NUMBERS.flatMap(([name]) => (text(name) === '' ? [] : [[name, Number(text(name))]]))),
    ...(opensAt === '' ? {} : { opensAt: new Date(opensAt).toISOString() }),
    beforeOpening: text('beforeOpening') === 'draw' ? 'draw' : 'reject',
  };
}

/** As `datetime-local` wants it: this browser's own time. */
function localTime(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
