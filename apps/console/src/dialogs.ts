import type { Policy, Queue } from './api.generated.ts';
import { ApiError } from './api.ts';
import { button, byId, el, write } from './dom.ts';
import type { Messages } from './messages.ts';

/** The dialog of the page. @throws Error when the page has none */
export function dialog(): HTMLDialogElement {
  const node = byId('dialog');
  if (!(node instanceof HTMLDialogElement)) throw new Error('#dialog is not a dialog element');
  return node;
}

/** Asks the operator for confirmation. Resolves with whether the action was confirmed. */
export function confirmAction(
  messages: Messages,
  title: string,
  text: string,
  verb: string,
  isDestructive: boolean,
): Promise<boolean> {
  const node = dialog();
  return new Promise((resolve) => {
    let confirmed = false;
    const confirm = button(verb, isDestructive ? 'danger' : 'main', () => {
      confirmed = true;
      node.close();
    });
    const cancel = button(messages.cancel, '', () => node.close());
    cancel.autofocus = true;
    const body = el('div', { class: 'stack' }, el('h2', { id: 'dialog-title' }, title), el('p', {}, text));
    body.append(el('div', { class: 'row' }, confirm, cancel));
    node.replaceChildren(body);
    node.addEventListener('close', () => resolve(confirmed), { once: true });
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

const DEFAULT_POLICY: Policy = {
  capacity: 500,
  admissionsPerMinute: 600,
  claimWindowSeconds: 60,
  activeWindowSeconds: 600,
};

/** Edits the policy of a queue, or of a new queue if `queue` is undefined. Closes when `save` has succeeded. */
export function editPolicy(
  messages: Messages,
  queue: Queue | undefined,
  save: (concertId: string, policy: Policy) => Promise<void>,
): void {
  const node = dialog();
  const policy = queue?.policy ?? DEFAULT_POLICY;
  const error = el('p', { class: 'error', role: 'alert' });
  const id = el('input', { name: 'concertId', required: true, pattern: '[A-Za-z0-9._~\\-]{1,64}', maxlength: 64 });
  const numbers = NUMBERS.map(([name, max, required]) => {
    const value = policy[name];
    const min = name === 'minimumBalance' ? 0 : 1;
    return field(messages.fields[name], el('input', { name, type: 'number', min, max, step: 1, required, value }));
  });
  const opensAt = el('input', { name: 'opensAt', type: 'datetime-local', step: 1, value: localTime(policy.opensAt) });
  const beforeOpening = el('select', { name: 'beforeOpening' });
  for (const value of ['reject', 'draw'] as const)
    beforeOpening.append(el('option', { value, selected: policy.beforeOpening === value }, messages[value]));
  const submit = el('button', { class: 'main' }, messages.save);
  const form = el(
    'form',
    {},
    el('h2', { id: 'dialog-title' }, queue ? `${messages.configure}: ${queue.concertId}` : messages.newQueue),
    ...(queue ? [] : [field(messages.concertId, id)]),
    el(
      'div',
      { class: 'fields' },
      ...numbers,
      field(messages.fields.opensAt, opensAt),
      field(messages.fields.beforeOpening, beforeOpening),
    ),
    error,
    el(
      'div',
      { class: 'row' },
      submit,
      button(messages.cancel, '', () => node.close()),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit.disabled = true;
    save(queue?.concertId ?? id.value, policyOf(new FormData(form)))
      .then(() => node.close())
      .catch((failure: unknown) => write(error, failure instanceof ApiError ? failure.message : String(failure)))
      .finally(() => (submit.disabled = false));
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
    ...DEFAULT_POLICY,
    ...Object.fromEntries(NUMBERS.flatMap(([name]) => (text(name) === '' ? [] : [[name, Number(text(name))]]))),
    ...(opensAt === '' ? {} : { opensAt: new Date(opensAt).toISOString() }),
    beforeOpening: text('beforeOpening') === 'draw' ? 'draw' : 'reject',
  };
}

/** The format of `datetime-local`, in the time zone of the browser. */
function localTime(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
