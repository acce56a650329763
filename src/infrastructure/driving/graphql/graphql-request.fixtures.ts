import { expect } from '@jest/globals';
import type { TestApi } from '../http/http.fixtures.ts';

/** What GraphQL answers. */
interface Told {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** Asks the api over HTTP, and looks that nothing of the inside gets out. @param at another api than the file's own */
export function askOf(api: () => TestApi) {
  return async (
    query: string,
    headers: Record<string, string> = {},
    variables: object = {},
    at = api(),
  ): Promise<Told> => {
    const response = await at.json('POST', '/graphql', { query, variables }, headers);
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(response.body).not.toMatch(/\bat .*(\.ts|\.js|node:)|[a-z]Error:/);
    return response.json();
  };
}
export const codes = ({ errors = [] }: Told) => errors.map(({ extensions }) => extensions.code);
