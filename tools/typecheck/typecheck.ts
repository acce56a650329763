import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..', '..');

/** What the compiler says of one of the texts. */
export interface Complaint {
  /** Which text, from 0. */
  readonly index: number;
  /** Line in it, from 1. */
  readonly line: number;
  readonly words: string;
}

/** Compiles each text as a module of the project's root would be: strict, finding the same packages. @throws Error when the compiler did not run */
export function typecheck(texts: readonly string[]): readonly Complaint[] {
  if (texts.length === 0) return [];
  const scratch = mkdtempSync(join(PROJECT, 'dist.typecheck-')); // beside the sources, never kept
  try {
    for (const [index, text] of texts.entries()) writeFileSync(join(scratch, `text-${index}.ts`), text);
    const compilerOptions = { noUnusedLocals: false };
    const settings = { extends: '../tsconfig.json', include: ['*.ts'], exclude: [], compilerOptions };
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(settings));
    const compiled = spawnSync('npx', ['tsc', '--noEmit', '--pretty', 'false', '-p', scratch], { encoding: 'utf8' });
    const complaints = [...compiled.stdout.matchAll(/text-(\d+)\.ts\((\d+),\d+\): (.*)/g)].map(
      ([, index, line, words = '']) => ({ index: Number(index), line: Number(line), words }),
    );
    if (compiled.status !== 0 && complaints.length === 0) throw new Error(compiled.stdout + compiled.stderr);
    return complaints;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
