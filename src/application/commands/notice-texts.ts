import { QueueError } from '../errors.ts';

export const MAX_NOTICE_LANGUAGES = 10;
/** Unicode characters in one text. */
export const MAX_NOTICE_CHARACTERS = 1_000;
/** The longest language tag that BCP 47 asks implementations to accept. */
const MAX_TAG_CHARACTERS = 35;

type NoticeTexts = Readonly<Record<string, string>>;

/**
 * The texts of a notice under their canonical language tags (`en-us` becomes `en-US`), so that clients can look them up.
 * @throws QueueError `INVALID_REQUEST` naming the text and the rule
 */
export function validNoticeTexts(texts: NoticeTexts): NoticeTexts {
  const given = Object.entries(texts);
  if (given.length > MAX_NOTICE_LANGUAGES)
    throw invalid(`must have at most ${MAX_NOTICE_LANGUAGES} languages, not ${given.length}`);
  const valid = new Map<string, string>();
  for (const [tag, text] of given) {
    const language = canonicalTag(tag);
    if (valid.has(language)) throw invalid(`must have the language ${language} only once`);
    const problem = problemOf(text);
    if (problem !== undefined) throw invalid(`${problem}: ${language}`);
    valid.set(language, text);
  }
  return Object.fromEntries(valid);
}

function canonicalTag(tag: string): string {
  try {
    const [language] = tag.length <= MAX_TAG_CHARACTERS ? Intl.getCanonicalLocales(tag) : [];
    if (language !== undefined) return language;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const shown = JSON.stringify(tag.slice(0, MAX_TAG_CHARACTERS));
  throw invalid(`must name languages by BCP 47, for example en or zh-Hant: ${shown} is not a language tag`);
}

/** The rule that a text violates. */
function problemOf(text: string): string | undefined {
  if (text.trim() === '') return 'must not have an empty text';
  if (Array.from(text).length > MAX_NOTICE_CHARACTERS)
    return `must have at most ${MAX_NOTICE_CHARACTERS} characters in each text`;
  if (/(?!\n)\p{Cc}/u.test(text)) return 'must not have control characters other than line feeds';
  return text.isWellFormed() ? undefined : 'must be valid Unicode';
}

function invalid(problem: string): QueueError {
  return new QueueError('INVALID_REQUEST', `The texts of a notice ${problem}.`);
}
