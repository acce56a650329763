import type { Document, Finding } from './documents.ts';

const SIZING = 'docs/operations.md';
const FIGURES = 'docs/benchmarks.md';

/** Figures that the sizing refers to by the name of their row, in *italics*, and that the benchmark's tables do not have. */
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
