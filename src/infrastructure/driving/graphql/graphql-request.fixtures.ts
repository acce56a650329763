import { expect } from '@jest/globals';
import type { TestApi } from '../http/http.fixtures.ts';

interface TestResponse {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** Sends requests over HTTP and checks that no response shows internals. */
export function graphqlClient(api: () => TestApi) {
  return async (
    query: string,
    headers: Record<string, string> = {},
    variables: object = {},
    target = api(),
  ): Promise<TestResponse> => {
    const response = await target.json('POST', '/graphql', { query, variables }, headers);
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(response.body).not.toMatch(/\bat .*(\.ts|\.js|node:)|[a-z]Error:/);
    return response.json();
  };
}
export const codes = ({ errors = [] }: TestResponse) => errors.map(({ extensions }) => extensions.code);
