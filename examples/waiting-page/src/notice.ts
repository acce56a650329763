import type { Notice } from '../../../clients/typescript/src/index.ts';

/** Language tag and text of the notice in the first wanted language that it has, else in English, else in any. */
export function noticeIn({ texts }: Notice, wanted: readonly string[]): readonly [string, string] | undefined {
  const all = Object.entries(texts);
  const found = [...wanted, 'en'].flatMap((tag) => [
    ...all.filter(([language]) => language.toLowerCase() === tag.toLowerCase()),
    ...all.filter(([language]) => primaryOf(language) === primaryOf(tag)),
  ]);
  return found[0] ?? all[0];
}

function primaryOf(tag: string): string | undefined {
  return tag.split('-')[0]?.toLowerCase();
}
