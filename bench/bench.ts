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
import { BackgroundCpu } from './support/background-cpu.ts';
import { BenchEnvironment } from './support/bench-environment.ts';
import { Budget } from './support/budget.ts';
import { StepRunner } from './support/step-runner.ts';

const USAGE = `Usage: bench [--budget 15m] [--only rates,waiting,concerts,overload,fold,history] [--waiting 10000,100000,1000000]
       bench --quick [--connections 64,256] [--concerts 1] [--seconds 5] [--rounds 2]
       both: [--profile] [--no-history]   bench --report writes tables and charts from the stored results`;

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
  fold: () => section('fold', 20, (_, steps) => fold(steps, Math.max(...sizes))),
  overload: () => section('overload', 20, (bench, steps) => overload(bench, budget, steps)),
  waiting: () => section('waiting', 120, (bench, steps) => waiting(bench, budget, steps, sizes)),
  concerts: () => section('concerts', 60, (bench, steps) => concerts(bench, budget, steps)),
  rates: () => section('rates', 200, (bench, steps) => rates(bench, budget, steps)),
  history: () => section('history', Number.NEGATIVE_INFINITY, async (_, steps) => steps.record(history())),
};

const only = values.only?.split(',');
if (only?.some((name) => !(name in SECTIONS))) exitWithUsage();
if (values.report) {
  writeReport();
} else if (values.quick) {
  const bench = await BenchEnvironment.open({ profile: values.profile });
  try {
    await quick(bench, quickOptions);
  } finally {
    await bench.close();
  }
  if (values.history) history();
} else {
  for (const name of NAMES)
    if (name === 'history' ? values.history : !only || only.includes(name)) await SECTIONS[name]();
}
if (!values.quick) console.log('docs/benchmarks.md and its charts have been written.');

/**
 * Runs a section in its own environment and stores its results after every step.
 * @param seconds minimum duration of a useful run; negative: the section always runs
 */
async function section<Name extends SectionName>(
  name: Name,
  seconds: number,
  run: (bench: BenchEnvironment, steps: StepRunner<Sections[Name]>) => Promise<void>,
): Promise<void> {
  if (!budget.allows(seconds)) {
    console.log(`${name}: skipped: no time left.`);
    return;
  }
  console.log(`\n== ${name}`);
  const from = performance.now();
  let backgroundCpu: BackgroundCpu | undefined;
  const steps = new StepRunner<Sections[Name]>((found, failed) =>
    keep(name, found, failed, {
      backgroundCpu: backgroundCpu?.share() ?? 0,
      minutes: (performance.now() - from) / 60_000,
      budget: minutes,
    }),
  );
  const bench = await steps.do('servers', () => BenchEnvironment.open({ profile: values.profile }));
  if (bench) {
    backgroundCpu = new BackgroundCpu(bench.stackPids);
    await steps.do('all', () => run(bench, steps));
    await steps.do('clean-up', () => bench.close());
  }
  if (steps.failed.length > 0) process.exitCode = 1;
  writeReport();
}

/** Runs the short form of the history checker: results only count if all promises hold. */
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
  return Number.isFinite(value) && value > 0 ? value : exitWithUsage();
}

function exitWithUsage(): never {
  console.error(USAGE);
  process.exit(2);
}
