/** What is written for clients from the API's own description is what the API describes today. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DoorUnderTest } from '../../src/infrastructure/driving/http/http.fixtures.ts';
import { type OpenApiDocument, typesOfApi } from '../../tools/api-types/api-types.ts';
import { GENERATED } from '../../tools/api-types/generated-files.ts';
import { PROJECT } from '../../tools/stack/settings.ts';

let door: DoorUnderTest;
let document: OpenApiDocument;
beforeAll(async () => {
  door = await DoorUnderTest.open();
  document = (await door.call('GET', '/openapi.json')).json();
});
afterAll(() => door.close());

const withoutComments = (code: string) => code.replaceAll(/^ *\/\*\*.*\*\/\n/gm, '');

describe('types for clients', () => {
  // When it fails: start a server and `npm run api:types -- http://127.0.0.1:3000/openapi.json`.
  test.each(Object.entries(GENERATED))('%s is up to date, its comments apart', (file, wanted) => {
    const written = readFileSync(join(PROJECT, file), 'utf8');
    expect(withoutComments(written)).toBe(withoutComments(typesOfApi(document, wanted)));
  });

  test('are refused for what is not described', () => {
    expect(() => typesOfApi(document, { operations: ['flyToTheMoon'] })).toThrow('no operation flyToTheMoon');
    expect(() => typesOfApi(document, { operations: [], lists: { X: 'Entry.place' } })).toThrow('no list of values');
  });

  test('follow a schema: a member more is a type more', () => {
    const changed = structuredClone(document) as unknown as { components: { schemas: { Receipt: object } } };
    changed.components.schemas.Receipt = { type: 'object', properties: { shelf: { type: 'boolean' } } };
    const types = typesOfApi(changed as unknown as OpenApiDocument, { operations: ['requestEntry'] });
    expect(types).toContain('export interface Receipt {\n  readonly shelf?: boolean;\n}');
  });
});
