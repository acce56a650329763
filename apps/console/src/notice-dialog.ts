import type { Notice } from './api.generated.ts';
import { ApiError } from './api.ts';
import { dialog } from './dialogs.ts';
import { button, el, write } from './dom.ts';
import type { Messages } from './messages.ts';

type Texts = Notice['texts'];

const MAX_LANGUAGES = 10;
const DEFAULT_LANGUAGES = ['en', 'ko'];

/** Edits the notice to all users of a queue, with a preview. Closes when `save` has succeeded; without texts the notice is removed. */
export function editNotice(
  messages: Messages,
  concertId: string,
  notice: Notice | undefined,
  save: (texts: Texts) => Promise<void>,
): void {
  const node = dialog();
  const error = el('p', { class: 'error', role: 'alert' });
  const preview = el('dl', { class: 'policy', 'aria-live': 'polite' });
  const rows = el('div', { class: 'stack' });
  const submit = el('button', { class: 'main' }, messages.postNotice);
  const remove = button(messages.removeNotice, 'danger', () => send({}));
  const add = button(messages.addLanguage, '', () => addRow('', ''));
  remove.disabled = notice === undefined;

  const addRow = (language: string, text: string): void => {
    const tag = el('input', { value: language, maxlength: 35, autocomplete: 'off' });
    const area = el('textarea', { rows: 3, maxlength: 1_000 }, text);
    const [tagLabel, areaLabel] = [
      el('label', {}, messages.noticeLanguage, tag),
      el('label', {}, messages.notice, area),
    ];
    rows.append(el('div', { class: 'stack' }, tagLabel, areaLabel));
    add.disabled = rows.childElementCount >= MAX_LANGUAGES;
  };
  const texts = (): Texts =>
    Object.fromEntries(
      [...rows.children].flatMap((row) => {
        const [language, text] = [
          row.querySelector('input')?.value.trim(),
          row.querySelector('textarea')?.value.trim(),
        ];
        return language && text ? [[language, text]] : [];
      }),
    );
  const showPreview = (): void => {
    const shown = Object.entries(texts());
    preview.replaceChildren(...shown.map(([tag, text]) => el('div', {}, el('dt', {}, tag), noticeText(tag, text))));
    submit.disabled = shown.length === 0;
  };
  const send = (wanted: Texts): void => {
    submit.disabled = remove.disabled = true;
    save(wanted)
      .then(() => node.close())
      .catch((failure: unknown) => write(error, failure instanceof ApiError ? failure.message : String(failure)))
      .finally(() => {
        remove.disabled = notice === undefined;
        showPreview();
      });
  };

  for (const [language, text] of Object.entries(notice?.texts ?? {})) addRow(language, text);
  if (!notice) for (const language of DEFAULT_LANGUAGES) addRow(language, '');
  const form = el(
    'form',
    { class: 'stack' },
    el('h2', { id: 'dialog-title' }, `${messages.notice}: ${concertId}`),
    el('p', { class: 'soft' }, messages.noticeHelp),
    rows,
    el('div', { class: 'row' }, add),
    el('h3', {}, messages.preview),
    preview,
    error,
    el(
      'div',
      { class: 'row' },
      submit,
      remove,
      button(messages.cancel, '', () => node.close()),
    ),
  );
  form.addEventListener('input', showPreview);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(texts());
  });
  showPreview();
  node.replaceChildren(form);
  node.showModal();
}

/** As users see it: plain text with its line feeds. */
export function noticeText(language: string, text: string): HTMLElement {
  return el('dd', { lang: language, class: 'notice' }, text);
}
