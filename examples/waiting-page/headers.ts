/** Headers that are forwarded, of requests and of responses. `x-accel-buffering` keeps an nginx from withholding a stream. */
export const REQUEST_HEADERS = ['authorization', 'if-none-match', 'last-event-id', 'accept'];
export const RESPONSE_HEADERS = [
  'content-type',
  'cache-control',
  'etag',
  'retry-after',
  'location',
  'x-accel-buffering',
  'date',
  'age',
];

/** The headers with these names that are present. */
export function headersOf(
  names: readonly string[],
  valueOf: (name: string) => string | string[] | null | undefined,
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = valueOf(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
