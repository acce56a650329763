import { posix } from 'node:path';
import { anchorsOf, type Document, type Finding } from './documents.ts';

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;

/** Links to missing files and headings. Links with a scheme are not followed, because checks use no network. */
export function brokenLinks(documents: readonly Document[], files: readonly string[]): readonly Finding[] {
  const known = new Set(files.flatMap((file) => [file, ...foldersOf(file)]));
  const byPath = new Map(documents.map((document) => [document.path, document]));
  return documents.flatMap((document) =>
    document.prose.flatMap((line, index) =>
      [...line.matchAll(LINK)].flatMap(([, target = '']) => {
        const words = errorOf(target, document, known, byPath);
        return words === undefined ? [] : [{ path: document.path, line: index + 1, words }];
      }),
    ),
  );
}

function errorOf(
  target: string,
  from: Document,
  known: ReadonlySet<string>,
  byPath: ReadonlyMap<string, Document>,
): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from.path : posix.normalize(posix.join(posix.dirname(from.path), file)).replace(/\/$/, '');
  if (!known.has(path)) return `there is no ${path}`;
  const document = byPath.get(path);
  if (anchor !== undefined && !(document && anchorsOf(document).has(anchor)))
    return `${path} has no heading #${anchor}`;
  return undefined;
}

function foldersOf(file: string): string[] {
  const folder = posix.dirname(file);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}
