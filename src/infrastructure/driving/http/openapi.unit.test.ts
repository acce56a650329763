import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { TestApi } from './http.fixtures.ts';

interface DocumentedOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

let api: TestApi;
let document: {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
};
beforeAll(async () => {
  api = await TestApi.open();
  document = (await api.call('GET', '/openapi.json')).json();
});
afterAll(() => api.close());

const operations = (): readonly (readonly [string, DocumentedOperation])[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );

describe('the OpenAPI document', () => {
  test('is valid by the meta-schema of 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors).toBeUndefined();
    expect([result.valid, document.openapi]).toEqual([true, '3.1.0']);
  });

  test('describes every operation', () => {
    expect(
      operations()
        .map(([call]) => call)
        .toSorted(),
    ).toEqual([
      'DELETE /v1/concerts/{concertId}/queue/entries/me',
      'DELETE /v1/concerts/{concertId}/queue/entries/{userId}',
      'GET /.well-known/jwks.json',
      'GET /health/live',
      'GET /health/ready',
      'GET /metrics',
      'GET /openapi.json',
      'GET /v1/admissions/verify',
      'GET /v1/concerts/{concertId}/queue',
      'GET /v1/concerts/{concertId}/queue/entries/me',
      'GET /v1/concerts/{concertId}/queue/entries/me/events',
      'GET /v1/projections',
      'GET /v1/queues',
      'POST /v1/admissions/complete',
      'POST /v1/concerts/{concertId}/queue/close',
      'POST /v1/concerts/{concertId}/queue/entries',
      'POST /v1/concerts/{concertId}/queue/entries/me/claim',
      'POST /v1/concerts/{concertId}/queue/entries/{userId}/reinstate',
      'POST /v1/concerts/{concertId}/queue/pause',
      'POST /v1/concerts/{concertId}/queue/resume',
      'PUT /v1/concerts/{concertId}/queue',
      'PUT /v1/concerts/{concertId}/queue/notice',
    ]);
  });

  test('gives every operation an id, a summary and its problems', () => {
    const names = operations().map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [call, { summary, responses }] of operations()) {
      expect([call, summary]).toEqual([call, expect.any(String)]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '500']));
      for (const [status, { content }] of Object.entries(responses))
        if (Number(status) >= 400 && call !== 'GET /health/ready')
          expect([call, status, Object.keys(content ?? {})]).toEqual([call, status, ['application/problem+json']]);
    }
  });

  test('states the security schemes', () => {
    const security = Object.fromEntries(operations().map(([call, operation]) => [call, operation.security]));
    expect(security).toMatchObject({
      'PUT /v1/concerts/{concertId}/queue': [{ adminToken: [] }],
      'POST /v1/concerts/{concertId}/queue/entries': [{ serviceToken: [] }, { userToken: [] }, {}],
      'GET /v1/concerts/{concertId}/queue/entries/me': [{ entryToken: [] }],
      'GET /v1/concerts/{concertId}/queue/entries/me/events': [{ entryToken: [] }],
      'GET /v1/admissions/verify': [{ admissionToken: [] }],
      'POST /v1/admissions/complete': [{ admissionToken: [] }],
    });
    expect(security['GET /v1/concerts/{concertId}/queue']).toBeUndefined();
  });
});

describe('the documentation pages', () => {
  test('load files of this server only', async () => {
    const page = await api.call('GET', '/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) {
      expect(address).not.toMatch(/^(https?:)?\/\//);
      expect([address, (await api.call('GET', new URL(address, 'http://x/docs/').pathname)).statusCode]).toEqual([
        address,
        200,
      ]);
    }
  });

  test('redirect to the path with a slash', async () => {
    const response = await api.call('GET', '/docs');
    expect([200, 302]).toContain(response.statusCode);
  });
});
