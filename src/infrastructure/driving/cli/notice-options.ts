import { QueueError } from '../../../application/errors.ts';

export interface NoticeOptions {
  /** Pairs of language and text. */
  readonly text?: readonly (readonly [string, string])[];
  readonly remove?: boolean;
}

/** Parses one `--text`. @throws QueueError `INVALID_REQUEST` */
export function collectText(value: string, before: NonNullable<NoticeOptions['text']> = []): NoticeOptions['text'] {
  const separator = value.indexOf('=');
  if (separator < 1)
    throw new QueueError('INVALID_REQUEST', '--text must be <language>=<text>, such as en="We open late."');
  const language = value.slice(0, separator);
  if (before.some(([other]) => other === language))
    throw new QueueError('INVALID_REQUEST', `--text has the language ${language} more than once`);
  return [...before, [language, value.slice(separator + 1)]];
}

/** @throws QueueError `INVALID_REQUEST` unless there is either a text or `--remove` */
export function noticeTextsOf({ text = [], remove = false }: NoticeOptions): Readonly<Record<string, string>> {
  if (remove === text.length > 0)
    throw new QueueError(
      'INVALID_REQUEST',
      'Give either --text <language>=<text>, once for each language, or --remove',
    );
  return Object.fromEntries(text);
}
