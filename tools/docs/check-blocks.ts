import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Document, Finding } from './documents.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
/** Beside the sources, so that a block finds the same packages; never kept. */
const SCRATCH = join(PROJECT, 'dist.docs');

/** JSON and YAML that does not parse. */
export function unparsable(documents: readonly Document[]): readonly Finding[] {
  return documents.flatMap(({ path, blocks }) =>
    blocks.flatMap(({ info, text, line }) => {
      const words = info === 'json' ? wrongJson(text) : info === 'yaml' ? wrongYaml(text) : undefined;
      return words === undefined ? [] : [{ path, line, words }];
    }),
  );
}

function wrongJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `not JSON: ${String(error)}`;
  }
}

function wrongYaml(text: string): string | undefined {
  const [error] = parseAllDocuments(text).flatMap((document) => ('errors' in document ? document.errors : []));
  return error ? `not YAML: ${error.message}` : undefined;
}

/** Blocks marked `ts check` that the compiler does not take. */
export function untypable(documents: readonly Document[]): readonly Finding[] {
  const marked = documents.flatMap(({ path, blocks }) =>
    blocks.filter(({ info }) => info === 'ts check').map((block) => ({ path, ...block })),
  );
  if (marked.length === 0) return [];
  mkdirSync(SCRATCH, { recursive: true });
  try {
    for (const [index, { text }] of marked.entries())
      writeFileSync(join(SCRATCH, `block-${index}.ts`), `${text}\nexport {};\n`);
    const settings = { extends: '../tsconfig.json', include: ['*.ts'], compilerOptions: { noUnusedLocals: false } };
    writeFileSync(join(SCRATCH, 'tsconfig.json'), JSON.stringify(settings));
    const { stdout } = spawnSync('npx', ['tsc', '--noEmit', '-p', SCRATCH], { cwd: PROJECT, encoding: 'utf8' });
    return [...stdout.matchAll(/block-(\d+)\.ts\((\d+),\d+\): (.*)/g)].flatMap(([, index, line, words = '']) => {
      const block = marked[Number(index)];
      return block ? [{ path: block.path, line: block.line + Number(line), words }] : [];
    });
  } finally {
    rmSync(SCRATCH, { recursive: true });
  }
}
