/**
 * Writes the sections between `<!-- generated: name -->` and `<!-- end of generated -->` in the documents.
 * With --check it writes nothing and exits with status 1 if a section is out of date.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents, projectFiles } from './documents.ts';
import { tables } from './tables.ts';

const SECTION = /(<!-- generated: (\w+) -->\n)[^]*?(<!-- end of generated -->)/g;

const all = documents(projectFiles());
const made = tables(all);
for (const { path, text } of all) {
  const wanted = text.replace(SECTION, (_, begin: string, name: string, end: string) => {
    const content = made[name];
    if (content === undefined) throw new Error(`${path}: there is no generator named ${name}`);
    return `${begin}${content}\n${end}`;
  });
  if (wanted === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date: run \`npm run docs:generate\`.`);
    process.exitCode = 1;
  } else writeFileSync(join(import.meta.dirname, '..', '..', path), wanted);
}
