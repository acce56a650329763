/**
 * Writes src/domain/events.generated.ts from schemas/*.avsc. With --check writes nothing, and ends with status 1 if the file is
 * not in step.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadSchemas } from '../../src/infrastructure/driven/avro/schema-files.ts';
import { parseSchema } from '../../src/infrastructure/driven/avro/schema-model.ts';
import { typesOf } from './event-types.ts';

const TARGET = new URL('../../src/domain/events.generated.ts', import.meta.url);

const wanted = typesOf(loadSchemas().map((file) => parseSchema(file.text)));
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, wanted);
} else if (readFileSync(TARGET, 'utf8') !== wanted) {
  console.error('src/domain/events.generated.ts is not in step with schemas/*.avsc: run `npm run schemas:types`.');
  process.exitCode = 1;
}
