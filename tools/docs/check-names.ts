import { commandsOf } from './console-blocks.ts';
import type { Document, Finding } from './documents.ts';

const CODE = /`([^`]+)`/g;
const ROOMS = 'src|test|tools|bench|schemas|docs|deploy|examples|clients';
/** A path from the root, or the end of one: `redis/scripts/read-entry.lua`. */
const PATH = new RegExp(`^(?:(?:${ROOMS})/[\\w./-]+|[\\w-]+(?:/[\\w.-]+)*/[\\w.-]+\\.(?:ts|mjs|lua|sql|avsc|yaml))$`);

/** Files named in `code` that are not there, neither from the root nor as the end of a path. */
export function missingFiles(documents: readonly Document[], files: readonly string[]): readonly Finding[] {
  return eachCode(documents, (code) => {
    const path = code.replace(/\/$/, '');
    if (!PATH.test(path)) return undefined;
    const there = files.some((file) => `/${file}`.endsWith(`/${path}`) || file.startsWith(`${path}/`));
    return there ? undefined : `there is no file ${path}`;
  });
}

/** `npm run` of scripts that package.json does not have. */
export function missingScripts(documents: readonly Document[], scripts: Readonly<Record<string, string>>) {
  return eachCode(documents, (code) => {
    for (const [, name = ''] of code.matchAll(/\bnpm run (?:-\S+ )*(\w[\w:-]*)/g))
      if (!(name in scripts)) return `package.json has no script ${name}`;
    return undefined;
  });
}

/** Looks at every inline code and every line of a block that is not a program or data. */
export function eachCode(
  documents: readonly Document[],
  wrongOf: (code: string) => string | undefined,
): readonly Finding[] {
  return documents.flatMap(({ path, prose, blocks }) => {
    const inline = prose.flatMap((line, index) =>
      /^(?: {4}|\t)/.test(line)
        ? [{ code: line.trim(), line: index + 1 }]
        : [...line.matchAll(CODE)].map(([, code = '']) => ({ code, line: index + 1 })),
    );
    const shell = blocks
      .filter(({ info }) => /^(?:sh|bash|console.*|)$/.test(info))
      .flatMap(({ info, text, line }) => {
        if (info.startsWith('console'))
          return commandsOf(text).map((one) => ({ code: one.command, line: line + one.line }));
        return joined(text).map((code, index) => ({ code, line: line + 1 + index }));
      });
    return [...inline, ...shell].flatMap(({ code, line }) => {
      const words = wrongOf(code);
      return words === undefined ? [] : [{ path, line, words }];
    });
  });
}

/** Lines, those that end with a backslash together with the next. */
function joined(text: string): string[] {
  return text.replace(/\\\n\s*/g, ' ').split('\n');
}
