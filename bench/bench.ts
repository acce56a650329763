/** `npm run bench`: see docs/benchmarks.md. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PROJECT } from '../tools/stack/settings.ts';
import { keep, SECTIONS as NAMES, type SectionName, type Sections } from './report/results.ts';
import { writeReport } from './report/write-report.ts';
import { concerts } from './sections/concerts.ts';
import { fold } from './sections/fold.ts';
import { overload } from './sections/overload.ts';
import { quick } from './sections/quick.ts';
import { rates } from './sections/rates.ts';
import { waiting } from './sections/waiting.ts';
import { OthersClock } from './support/background-cpu.ts';
import { Ground } from './support/bench-environment.ts';
import { Budget } from './support/budget.ts';
import { Pieces } from './support/step-runner.ts';

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
const SECTIONS: Readonly<Record<SectionName, () => Promise<void>>> = {
  fold: () => section('fold', 20, (_, pieces) => fold(pieces, Math.max(...sizes))),
  overload: () => section('overload', 20, (ground, pieces) => overload(ground, budget, pieces)),
  waiting: () => section('waiting', 120, (ground, pieces) => waiting(ground, budget, pieces, sizes)),
  concerts: () => section('concerts', 60, (ground, pieces) => concerts(ground, budget, pieces)),
  rates: () => section('rates', 200, (ground, pieces) => rates(ground, budget, pieces)),
  history: () => section('history', Number.NEGATIVE_INFINITY, async (_, pieces) => pieces.tell(history())),
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
  if (values.history) history();
} else {
  for (const name of NAMES)
    if (name === 'history' ? values.history : !only || only.includes(name)) await SECTIONS[name]();
}
if (!values.quick) console.log('docs/benchmarks.md and its charts are written.');

/**
 * Each on a ground of its own: nothing of one is left when the next begins. What is found is kept after every piece of it.
 * @param seconds what is needed for it to make sense, at least; negative: it takes place in any case
 */
async function section<Name extends SectionName>(
  name: Name,
  seconds: number,
  run: (ground: Ground, pieces: Pieces<Sections[Name]>) => Promise<void>,
): Promise<void> {
  if (!budget.allows(seconds)) {
    console.log(`${name}: left out, the time is up.`);
    return;
  }
  console.log(`\n== ${name}`);
  const from = performance.now();
  let others: OthersClock | undefined;
  const pieces = new Pieces<Sections[Name]>((found, failed) =>
    keep(name, found, failed, {
      others: others?.share() ?? 0,
      minutes: (performance.now() - from) / 60_000,
      budget: minutes,
    }),
  );
  const ground = await pieces.do('servers', () => Ground.open({ profile: values.profile }));
  if (ground) {
    others = new OthersClock(ground.stackPids);
    await pieces.do('all', () => run(ground, pieces));
    await pieces.do('cleaning up', () => ground.close());
  }
  if (pieces.failed.length > 0) process.exitCode = 1;
  writeReport();
}

/** The short form of the history checker: speed that broke a promise would be none. */
function history(): Sections['history'] {
  const from = performance.now();
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const args = [...jest, '--selectProjects', 'stack', '--', 'test/history/history.e2e'];
  const { status } = spawnSync(process.execPath, args, { cwd: PROJECT, stdio: 'inherit', timeout: 600_000 });
  if (status !== 0) process.exitCode = 1;
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
