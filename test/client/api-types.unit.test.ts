import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenAPI3 } from 'openapi-typescript';
import { TestApi } from '../../src/infrastructure/driving/http/http.fixtures.ts';
import { generateApiTypes } from '../../tools/api-types/generate-api-types.ts';
import { GENERATED_FILES } from '../../tools/api-types/generated-files.ts';
import { PROJECT } from '../../tools/stack/settings.ts';
import { testResources } from '../support/test-resources.ts';

const resources = testResources();
let document: OpenAPI3;
beforeAll(async () => {
  const api = resources.adopt(await TestApi.open(), (one) => one.close());
  document = (await api.call('GET', '/openapi.json')).json();
});

describe('the generated API types', () => {
  test.each(Object.entries(GENERATED_FILES))('%s is up to date (else: npm run api:types)', async (file, options) => {
    const path = join(PROJECT, file);
    const generated = await generateApiTypes(document, options);
    if (process.env['UPDATE_API_TYPES']) writeFileSync(path, generated);
    expect(generated).toBe(readFileSync(path, 'utf8'));
  });

  test('reject an operation that the document does not describe', async () => {
    const options = { operations: ['flyToTheMoon'], enumValues: false };
    await expect(generateApiTypes(document, options)).rejects.toThrow('no operation flyToTheMoon');
  });

  test('change with the schemas', async () => {
    const schemas = {
      ...document.components?.schemas,
      Receipt: { type: 'object', properties: { shelf: { type: 'boolean' } } },
    };
    const changed = { ...document, components: { ...document.components, schemas } } as OpenAPI3;
    const types = await generateApiTypes(changed, { operations: ['requestEntry'], enumValues: false });
    expect(types).toContain('readonly shelf?: boolean;');
  });
});
