/** `npm run check:deploy`: the manifests of deploy/kubernetes against Kubernetes's schemas, one another and the code. */
import manifest from '../../package.json' with { type: 'json' };
import { describeSettings } from '../../src/config/settings-table.ts';
import { brokenReferences } from './check-references.ts';
import { unlikeSchemas } from './check-types.ts';
import { loadManifests } from './manifests.ts';

const manifests = loadManifests();
const settings = describeSettings().map(({ name }) => name);
const findings = [...(await unlikeSchemas(manifests)), ...brokenReferences(manifests, settings, manifest.version)];
for (const finding of findings) console.error(finding);
console.log(`${manifests.length} manifests, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
