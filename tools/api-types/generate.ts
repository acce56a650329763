/** `npm run api:types -- http://127.0.0.1:3000/openapi.json`: writes the types of the API's clients from a running server's description. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenApiDocument, typesOfApi } from './api-types.ts';
import { GENERATED } from './generated-files.ts';

const [address = 'http://127.0.0.1:3000/openapi.json'] = process.argv.slice(2);
const answer = await fetch(address);
if (!answer.ok) throw new Error(`${address} answers ${answer.status}.`);
const document = (await answer.json()) as OpenApiDocument;
for (const [file, wanted] of Object.entries(GENERATED)) {
  writeFileSync(join(import.meta.dirname, '..', '..', file), typesOfApi(document, wanted));
  console.log(`${file} is written.`);
}
