/** Finds retired words in file names, identifiers and prose. An identifier is split at capitals, digits and underscores. */
import ts from 'typescript';

export interface RetiredWord {
  readonly word: string;
  readonly in: readonly Place[];
  /** The standard term. */
  readonly use: string;
}

export interface WordException {
  readonly word: string;
  readonly path: string;
  readonly reason: string;
}

export type Place = 'identifier' | 'file' | 'prose';

export interface Finding {
  readonly path: string;
  /** Counted from 1; 0 for a file name. */
  readonly line: number;
  readonly place: Place;
  readonly word: string;
  readonly use: string;
}

interface Text {
  readonly place: Place;
  readonly text: string;
  readonly line: number;
}

export class WordFinder {
  readonly #words: ReadonlyMap<string, RetiredWord>;
  readonly #exceptions: ReadonlySet<string>;

  constructor(words: readonly RetiredWord[], exceptions: readonly WordException[]) {
    this.#words = new Map(words.map((word) => [word.word, word]));
    this.#exceptions = new Set(exceptions.map(({ word, path }) => `${path} ${word}`));
  }

  find(path: string, content: string): Finding[] {
    const texts: Text[] = [{ place: 'file', text: path.slice(path.lastIndexOf('/') + 1), line: 0 }];
    texts.push(...(/\.[cm]?ts$/.test(path) ? textsOfCode(content) : linesOf(content)));
    return texts.flatMap((text) => this.#in(path, text));
  }

  #in(path: string, { place, text, line }: Text): Finding[] {
    const found = new Set<RetiredWord>();
    for (const word of wordsOf(text)) {
      const retired = this.#words.get(word);
      if (retired?.in.includes(place) && !this.#exceptions.has(`${path} ${word}`)) found.add(retired);
    }
    return [...found].map(({ word, use }) => ({ path, line, place, word, use }));
  }
}

/** Lower-case words: `QueueCounts.maxWaiting` gives queue, counts, max, waiting. */
export function wordsOf(text: string): string[] {
  const split = text.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return split.toLowerCase().match(/[a-z]+/g) ?? [];
}

function linesOf(content: string): Text[] {
  return content.split('\n').map((text, index) => ({ place: 'prose', text, line: index + 1 }));
}

/** Identifiers by themselves; comments, strings and templates as prose. */
function textsOfCode(content: string): Text[] {
  const source = ts.createSourceFile('file.ts', content, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const texts: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))
      texts.push({ place: 'identifier', text: node.text, line: lineAt(node.getStart()) });
    else if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node))
      texts.push({ place: 'prose', text: node.text, line: lineAt(node.getStart()) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const { pos, end } of commentsOf(source))
    for (const [offset, text] of content.slice(pos, end).split('\n').entries())
      texts.push({ place: 'prose', text, line: lineAt(pos) + offset });
  return texts;
}

function commentsOf(source: ts.SourceFile): ts.CommentRange[] {
  const found = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(source) === 0) {
      for (const range of [
        ...(ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []),
        ...(ts.getTrailingCommentRanges(source.text, node.getEnd()) ?? []),
      ])
        found.set(range.pos, range);
    }
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...found.values()];
}
