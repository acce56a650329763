/** Part of `npm run check:rules`: no cycle between the folders of src/. Tests, contract suites and fixtures are exempt. */
import { execFileSync } from 'node:child_process';
import { PROJECT } from '../stack/settings.ts';
import { folderCycles } from './folder-cycles.ts';

interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

const EXEMPT = '\\.(test|contract|fixtures|arbitraries)\\.ts$';
const cruiseArguments = ['src', '--config', '.dependency-cruiser.cjs', '--exclude', EXEMPT, '--output-type', 'json'];
const output = execFileSync('depcruise', cruiseArguments, { cwd: PROJECT, encoding: 'utf8', maxBuffer: 2 ** 28 });
const { modules } = JSON.parse(output) as Cruise;
const own = modules.filter(({ source }) => source.startsWith('src/'));
const imports = new Map(
  own.map(({ source, dependencies }) => [
    source,
    dependencies.map(({ resolved }) => resolved).filter((path) => path.startsWith('src/')),
  ]),
);
const cycles = folderCycles(imports);
for (const cycle of cycles) console.error(`cycle between folders: ${[...cycle, cycle[0]].join(' -> ')}`);
console.log(`${imports.size} files, ${cycles.length} cycles between folders`);
process.exitCode = cycles.length > 0 || imports.size === 0 ? 1 : 0;
