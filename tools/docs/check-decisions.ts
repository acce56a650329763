import type { Document, Finding } from './documents.ts';

const PATH = /^docs\/adr\/(\d{4})-[a-z0-9-]+\.md$/;
const STATUS = /^Status: (?:accepted|superseded by \d+)\b/;
/** About one page. */
const MAX_WORDS = 450;

/** Decision records with a gap in the numbers, another number in the title, no status, or more than one page. */
export function decisionFindings(documents: readonly Document[]): readonly Finding[] {
  const records = documents
    .flatMap((document) => {
      const number = PATH.exec(document.path)?.[1];
      return number === undefined ? [] : [{ ...document, number: Number(number) }];
    })
    .toSorted((one, other) => one.number - other.number);
  return records.flatMap(({ path, prose, text, number }, index) => {
    const wrong: string[] = [];
    if (number !== index + 1) wrong.push(`the number should be ${index + 1}`);
    if (!prose[0]?.startsWith(`# ${number}. `)) wrong.push(`the title should begin with ${number}`);
    if (!prose.some((line) => STATUS.test(line))) wrong.push('there is no status');
    const words = text.split(/\s+/).length;
    if (words > MAX_WORDS) wrong.push(`${words} words are more than ${MAX_WORDS}`);
    return wrong.map((words) => ({ path, line: 1, words }));
  });
}
