/** The project's own modules, as they were built: Node runs neither decorators nor parameter properties from TypeScript. */

/** @param path below dist/, without its ending */
export function built<T>(path: string): Promise<T> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href);
}
