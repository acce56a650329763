/** Loads built modules of the project: Node cannot run decorators and parameter properties in TypeScript. */

/** @param path below dist/, without extension */
export function built<T>(path: string): Promise<T> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href);
}
