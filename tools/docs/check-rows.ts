import type { Document, Finding } from './documents.ts';

const SIZING = 'docs/operations.md';
const FIGURES = 'docs/benchmarks.md';

/** Rows of the benchmark tables that the sizing names in *italics* and that do not exist. */
export function missingRows(documents: readonly Document[]): readonly Finding[] {
  const rows = new Set(
    documents
      .filter(({ path }) => path === FIGURES)
      .flatMap(({ prose }) => prose.map((line) => line.split('|')[1]?.trim())),
  );
  return documents
    .filter(({ path }) => path === SIZING)
    .flatMap(({ path, prose }) =>
      prose.flatMap((line, index) => {
        const names = line.startsWith('|') ? [...line.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)] : [];
        return names
          .filter(([, name]) => !rows.has(name))
          .map(([, name]) => ({ path, line: index + 1, words: `${FIGURES} has no row ${name}` }));
      }),
    );
}
