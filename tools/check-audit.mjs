// `npm run check:audit`: `npm audit` knows of no vulnerability of high severity in what ships. Exit status 77 when the registry does
// not offer audits: the check did not run. With AUDIT_REQUIRED=1 (set in CI) that is a failure.
import { spawnSync } from 'node:child_process';
import { PROJECT } from './launch/run.mjs';

const TIMEOUT_MS = 60_000;
const NOT_RUN = 77;

const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
  cwd: PROJECT,
  encoding: 'utf8',
  timeout: TIMEOUT_MS,
});
const report = parse(stdout);
if (report?.vulnerabilities) {
  const severe = Object.values(report.vulnerabilities).filter(({ severity }) =>
    ['high', 'critical'].includes(severity),
  );
  for (const { name, severity } of severe) console.error(`${name} has a known vulnerability of ${severity} severity`);
  console.log(`${severe.length} vulnerabilities of high severity`);
  process.exitCode = severe.length > 0 ? 1 : 0;
} else {
  console.log(`Not audited: ${report?.message ?? error?.message ?? 'the registry does not answer'}`);
  process.exitCode = process.env.AUDIT_REQUIRED === '1' ? 1 : NOT_RUN;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // reported as "Not audited"
  }
}
