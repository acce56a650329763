/**
 * `npm run bench:quick`: how fast entries are accepted and projected, and what they cost, beside the same Fastify route with
 * nothing behind it. See docs/benchmarks.md.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { down, up } from '../tools/stack/local-stack.ts';
import { applicationSettings, stackSettings } from '../tools/stack/settings.ts';
import { rivalNamed } from './rivals/rivals.ts';
import { cleanUp } from './support/clean-up.ts';
import { generator, type Load } from './support/load.ts';
import { measureApplication, measureRouteAtOnce, type Sample } from './support/measure.ts';
import { type MeasuredServer, startApplication, startRival } from './support/processes.ts';
import { QueueClient } from './support/queue-client.ts';
import { type Comparison, compare, table } from './support/report.ts';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '64,256' },
    concerts: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '2' },
    profile: { type: 'boolean', default: false },
  },
});
const connections = values.connections.split(',').map(Number);
const [concerts, seconds, rounds] = [Number(values.concerts), Number(values.seconds), Number(values.rounds)];
if (![...connections, concerts, seconds, rounds].every((number) => Number.isInteger(number) && number > 0)) {
  console.error('Usage: bench:quick [--connections 64,256] [--concerts 1] [--seconds 5] [--rounds 2] [--profile]');
  process.exit(2);
}

/** Each process answers so many requests first, in pieces of so long: the compiler of V8 needs them to see what is hot. */
const WARM_UP_ENTRIES = 50_000;
const WARM_UP_PIECE_SECONDS = 3;
const MOST_WARM_UP_PIECES = 8;
/** With a larger share of the machine used by others, figures say more about them. */
const UNDISTURBED = 0.15;
const run = randomBytes(3).toString('hex');
const namePrefix = `bench-${run}.`;
const results = join(import.meta.dirname, 'results');
const directory = join(results, run);
mkdirSync(directory, { recursive: true });

const stack = await up(stackSettings(), { say: console.log });
const servers = applicationSettings(stackSettings());
const adminToken = randomBytes(24).toString('hex');
const environment = {
  ...servers,
  NAME_PREFIX: namePrefix,
  ADMIN_TOKEN: adminToken,
  ENTRY_AUTH: 'open',
  LOG_LEVEL: 'info',
  DATA_DIRECTORY: directory,
};
const started: MeasuredServer[] = [];
try {
  const projector = await start(startApplication('projector', { environment, directory, profile: values.profile }));
  const api = await start(startApplication('api', { environment, directory, profile: values.profile }));
  const atOnce = await start(startRival(rivalNamed('limit'), { environment, directory }));
  const client = new QueueClient(api.address, adminToken);
  for (let index = 0; index < concerts; index++) await client.open(`concert-${index}`);

  const pids = new Map([
    ['api', api.pid],
    ...stack.flatMap(({ name, pid }): [string, number][] =>
      pid !== undefined && name === 'kafka' ? [['broker', pid]] : [],
    ),
    ['projector', projector.pid],
    ...stack.flatMap(({ name, pid }): [string, number][] =>
      pid !== undefined && name === 'redis' ? [['Redis', pid]] : [],
    ),
  ]);
  const limitPids = new Map([...pids, ['api', atOnce.pid]]);
  let part = 0;
  const load = (address: string, count: number, duration: number): Load => {
    part += 1;
    return {
      address,
      connections: count,
      seconds: duration,
      userPrefix: `u${part}-`,
      concertPrefix: 'concert-',
      concerts,
    };
  };

  const mostConnections = Math.max(...connections);
  console.log('Warming up.');
  await warmUp(() => measureRouteAtOnce(load(atOnce.address, mostConnections, WARM_UP_PIECE_SECONDS), limitPids));
  await warmUp(() => measureApplication(load(api.address, mostConnections, WARM_UP_PIECE_SECONDS), pids, client));

  const comparisons: Comparison[] = [];
  for (const count of connections) {
    console.log(`${count} connections: ${rounds} times ${seconds} s of each, in turn.`);
    const limit: Sample[] = [];
    const ours: Sample[] = [];
    for (let round = 0; round < rounds; round++) {
      limit.push(await measureRouteAtOnce(load(atOnce.address, count, seconds), limitPids));
      ours.push(await measureApplication(load(api.address, count, seconds), pids, client));
    }
    comparisons.push(compare(count, limit, ours));
  }

  console.log(`\n${table(comparisons)}\n`);
  if (
    comparisons.some(({ routeAtOnce, application }) => Math.max(routeAtOnce.others, application.others) > UNDISTURBED)
  )
    console.log(
      'Others used this machine meanwhile: the ratios are rough, the rates are too low. Run it again when it is quiet.',
    );
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, generator };
  const file = join(results, `quick-${run}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, concerts, seconds, rounds, comparisons }, null, 2)}\n`);
  console.log(
    `${machine.cores} cores (${machine.cpu}), load by ${generator} on the same machine. All figures: ${file}`,
  );
} finally {
  for (const server of started.toReversed()) await server.stop(12_000);
  await cleanUp(servers, namePrefix);
  if (stack.every((component) => component.started)) await down(stackSettings(), console.log);
}

async function start(starting: Promise<MeasuredServer>): Promise<MeasuredServer> {
  const server = await starting;
  started.push(server);
  return server;
}

async function warmUp(piece: () => Promise<Sample>): Promise<void> {
  let entries = 0;
  for (let pieces = 0; entries < WARM_UP_ENTRIES && pieces < MOST_WARM_UP_PIECES; pieces++)
    entries += (await piece()).entries;
}
