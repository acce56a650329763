/** Releases every schema that differs from its newest released version as the next one: from then on that file never changes. */
import { appendFileSync, copyFileSync } from 'node:fs';
import { formatFinding, hasErrors } from '../../src/application/operations/schema-findings.ts';
import { CHECKSUMS, checkSchemas, sha256 } from '../../src/infrastructure/driven/avro/schema-check.ts';
import { loadReleased, loadSchemas, SCHEMA_DIRECTORY } from '../../src/infrastructure/driven/avro/schema-files.ts';

const findings = checkSchemas();
if (hasErrors(findings)) {
  for (const finding of findings) console.error(formatFinding(finding));
  process.exitCode = 1;
} else {
  const released = loadReleased();
  for (const { record, text } of loadSchemas()) {
    const newest = released.findLast((version) => version.record === record);
    if (newest?.text !== text) release(record, (newest?.version ?? 0) + 1);
  }
}

function release(record: string, version: number): void {
  const directory = new URL('released/', SCHEMA_DIRECTORY);
  const file = `${record}.v${version}.avsc`;
  copyFileSync(new URL(`${record}.avsc`, SCHEMA_DIRECTORY), new URL(file, directory));
  appendFileSync(new URL(CHECKSUMS, directory), `${sha256(new URL(file, directory))}  ${file}\n`);
  console.log(`released ${file}`);
}
