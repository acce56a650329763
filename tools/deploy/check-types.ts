import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { typecheck } from '../typecheck/typecheck.ts';
import { at, type Manifest } from './manifests.ts';

const MODELS = join(import.meta.dirname, '..', '..', 'node_modules', 'kubernetes-models');

/**
 * What Kubernetes's own schemas do not take: values by their validators, names of fields (which those pass over) by the
 * compiler, which knows all of them.
 */
export async function unlikeSchemas(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const ours = manifests.filter(({ apiVersion }) => !apiVersion.startsWith('kustomize'));
  const values = await Promise.all(ours.map(wrongValue));
  return [...values.filter((words) => words !== undefined), ...wrongFields(ours)];
}

async function wrongValue({ file, apiVersion, kind, body }: Manifest): Promise<string | undefined> {
  const models: unknown = await import(pathToFileURL(join(MODELS, apiVersion, 'index.js')).href);
  const Model = at(models, kind);
  if (typeof Model !== 'function') return `${file}: there is no ${kind} in ${apiVersion}`;
  const made: unknown = Reflect.construct(Model, [body]);
  const validate = at(made, 'validate');
  if (typeof validate !== 'function') return `${file}: ${kind} cannot be validated`;
  try {
    Reflect.apply(validate, made, []);
    return undefined;
  } catch (error) {
    return `${file}: ${kind}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function wrongFields(manifests: readonly Manifest[]): readonly string[] {
  const texts = manifests.map(({ apiVersion, kind, body }) =>
    [
      `import type { I${kind} } from 'kubernetes-models/${apiVersion}';`,
      `export const it: I${kind} = ${JSON.stringify(body, null, 2)};\n`,
    ].join('\n'),
  );
  return typecheck(texts).map(({ index, words }) => `${manifests[index]?.file}: ${words}`);
}
