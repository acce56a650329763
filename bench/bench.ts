/** `npm run bench`: see docs/benchmarks.md. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PROJECT } from '../tools/stack/settings.ts';
import { keep, type SectionName, type Sections } from './report/results.ts';
import { writeReport } from './report/write-report.ts';
import { concerts } from './sections/concerts.ts';
import { fold } from './sections/fold.ts';
import { overload } from './sections/overload.ts';
import { quick } from './sections/quick.ts';
import { rates } from './sections/rates.ts';
import { waiting } from './sections/waiting.ts';
import { Budget } from './support/budget.ts';
import { Ground } from './support/ground.ts';
import { OthersClock } from './support/others-clock.ts';

const USAGE = `Usage: bench [--budget 15m] [--only rates,waiting,concerts,overload,fold,history] [--waiting 10000,100000,1000000]
       bench --quick [--connections 64,256] [--concerts 1] [--seconds 5] [--rounds 2]
       both: [--profile] [--no-history]   bench --report writes tables and charts from the results that are kept`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    quick: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    only: { type: 'string' },
    budget: { type: 'string', default: '90m' },
    waiting: { type: 'string', default: '10000,100000,1000000' },
    connections: { type: 'string', default: '64,256' },
    concerts: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '2' },
    profile: { type: 'boolean', default: false },
    history: { type: 'boolean', default: true },
  },
});

const minutes = number(values.budget.replace(/m$/, ''));
const sizes = values.waiting.split(',').map(number);
const connections = values.connections.split(',').map(number);
const quickOptions = {
  connections,
  concerts: number(values.concerts),
  seconds: number(values.seconds),
  rounds: number(values.rounds),
};

const budget = new Budget(minutes);
/** In this order: what the table of aims needs comes first. `seconds`: what is needed for it to make sense, at least. */
const SECTIONS: {
  readonly [Name in SectionName]: {
    readonly seconds: number;
    readonly run: (ground: Ground) => Promise<Sections[Name]>;
  };
} = {
  fold: { seconds: 20, run: () => fold(Math.max(...sizes)) },
  overload: { seconds: 20, run: (ground) => overload(ground, budget) },
  waiting: { seconds: 120, run: (ground) => waiting(ground, budget, sizes) },
  concerts: { seconds: 60, run: (ground) => concerts(ground, budget) },
  rates: { seconds: 200, run: (ground) => rates(ground, budget) },
  history: { seconds: 0, run: () => Promise.resolve(history()) },
};

const only = values.only?.split(',');
if (only?.some((name) => !(name in SECTIONS))) complain();
if (values.report) {
  writeReport();
} else if (values.quick) {
  const ground = await Ground.open({ profile: values.profile });
  try {
    await quick(ground, quickOptions);
  } finally {
    await ground.close();
  }
  if (values.history && !history().passed) process.exitCode = 1;
} else {
  for (const name of ['fold', 'overload', 'waiting', 'concerts', 'rates', 'history'] as const)
    if (name === 'history' ? values.history : !only || only.includes(name)) await section(name);
  writeReport();
  console.log('docs/benchmarks.md and its charts are written.');
}

/** Each on a ground of its own: nothing of one is left when the next begins. */
async function section(name: SectionName): Promise<void> {
  const { seconds, run } = SECTIONS[name];
  if (!budget.allows(seconds)) {
    console.log(`${name}: left out, the time is up.`);
    return;
  }
  console.log(`\n== ${name}`);
  const from = performance.now();
  const ground = await Ground.open({ profile: values.profile });
  const others = new OthersClock(ground.stackPids);
  const found = await measured(ground, run);
  keep(name, found, { others: others.share(), minutes: (performance.now() - from) / 60_000 });
  if ('passed' in found && !found.passed) process.exitCode = 1;
}

async function measured(
  ground: Ground,
  run: (ground: Ground) => Promise<Sections[SectionName]>,
): Promise<Sections[SectionName]> {
  try {
    return await run(ground);
  } finally {
    await ground.close();
  }
}

/** The short form of the history checker: speed that broke a promise would be none. */
function history(): Sections['history'] {
  const from = performance.now();
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const args = [...jest, '--selectProjects', 'stack', '--', 'test/history/history.e2e'];
  const { status } = spawnSync(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' });
  return { passed: status === 0, seconds: (performance.now() - from) / 1000 };
}

function number(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : complain();
}

function complain(): never {
  console.error(USAGE);
  process.exit(2);
}
