import { parseAllDocuments } from 'yaml';
import { typecheck } from '../typecheck/typecheck.ts';
import type { Document, Finding } from './documents.ts';

/** JSON and YAML blocks that do not parse. */
export function unparsable(documents: readonly Document[]): readonly Finding[] {
  return documents.flatMap(({ path, blocks }) =>
    blocks.flatMap(({ info, text, line }) => {
      const words = info === 'json' ? jsonError(text) : info === 'yaml' ? yamlError(text) : undefined;
      return words === undefined ? [] : [{ path, line, words }];
    }),
  );
}

function jsonError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `not JSON: ${String(error)}`;
  }
}

function yamlError(text: string): string | undefined {
  const [error] = parseAllDocuments(text).flatMap((document) => ('errors' in document ? document.errors : []));
  return error ? `not YAML: ${error.message}` : undefined;
}

/** Blocks marked `ts check` that do not compile. */
export function untypable(documents: readonly Document[]): readonly Finding[] {
  const marked = documents.flatMap(({ path, blocks }) =>
    blocks.filter(({ info }) => info === 'ts check').map((block) => ({ path, ...block })),
  );
  return typecheck(marked.map(({ text }) => `${text}\nexport {};\n`)).flatMap(({ index, line, words }) => {
    const block = marked[index];
    return block ? [{ path: block.path, line: block.line + line, words }] : [];
  });
}
