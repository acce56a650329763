import { commandsOf } from './console-blocks.ts';
import type { Document, Finding } from './documents.ts';

const CODE = /`([^`]+)`/g;
const FOLDERS = 'src|apps|test|tools|bench|schemas|docs|deploy|examples|clients|ops';
/** A path from the root, or the end of one: `redis/scripts/read-entry.lua`. */
const PATH = new RegExp(`^(?:(?:${FOLDERS})/[\\w./-]+|[\\w-]+(?:/[\\w.-]+)*/[\\w.-]+\\.(?:ts|mjs|lua|sql|avsc|yaml))$`);

/** Files named in inline code that do not exist, neither from the root nor as the end of a path. */
export function missingFiles(documents: readonly Document[], files: readonly string[]): readonly Finding[] {
  return eachCode(documents, (code) => {
    const path = code.replace(/\/$/, '');
    if (!PATH.test(path)) return undefined;
    const there = files.some((file) => `/${file}`.endsWith(`/${path}`) || file.startsWith(`${path}/`));
    return there ? undefined : `there is no file ${path}`;
  });
}

/** Calls of `npm run` with a script that package.json does not have. */
export function missingScripts(documents: readonly Document[], scripts: Readonly<Record<string, string>>) {
  return eachCode(documents, (code) => {
    for (const [, name = ''] of code.matchAll(/\bnpm run (?:-\S+ )*(\w[\w:-]*)/g))
      if (!(name in scripts)) return `package.json has no script ${name}`;
    return undefined;
  });
}

/** Applies the check to all inline code and to every command line of a block. */
export function eachCode(
  documents: readonly Document[],
  errorOf: (code: string) => string | undefined,
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
      const words = errorOf(code);
      return words === undefined ? [] : [{ path, line, words }];
    });
  });
}

/** The lines; a line that ends with a backslash is joined with the next. */
function joined(text: string): string[] {
  return text.replace(/\\\n\s*/g, ' ').split('\n');
}
