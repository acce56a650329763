import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..', '..');

/** A fenced block of a document. */
export interface Block {
  /** The text after the opening fence, language first, e.g. `ts check`. */
  readonly info: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

export interface Document {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The text with all blocks blanked, line by line. */
  readonly prose: readonly string[];
}

/** An error in a document, with its position. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly words: string;
}

/** All files of the project: tracked by git, or new and not ignored. */
export function projectFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: PROJECT });
  return listed
    .toString()
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(PROJECT, path)));
}

/** Every Markdown document of the project. */
export function documents(files: readonly string[]): readonly Document[] {
  return files
    .filter((path) => path.endsWith('.md'))
    .map((path) => parseDocument(path, readFileSync(join(PROJECT, path), 'utf8')));
}

/** Separates fenced blocks from prose. Indented blocks count as prose. */
export function parseDocument(path: string, text: string): Document {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence && open) {
      blocks.push({ info: open.info, line: open.line, text: open.lines.join('\n') });
      open = undefined;
    } else if (fence) open = { info: (fence[1] ?? '').trim(), line: index + 1, lines: [] };
    else if (open) open.lines.push(line);
    prose.push(fence || open ? '' : line);
  }
  return { path, text, blocks, prose };
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf({ prose }: Document): ReadonlySet<string> {
  const anchors = new Map<string, number>();
  for (const line of prose) {
    const heading = /^#{1,6}\s+(.*?)\s*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const before = anchors.get(slug) ?? 0;
    anchors.set(slug, before + 1);
    if (before > 0) anchors.set(`${slug}-${before}`, 1);
  }
  return new Set(anchors.keys());
}
