/** `npm run bench`: see docs/benchmarks.md. */
import { parseArgs } from 'node:util';
import { quick } from './sections/quick.ts';
import { Ground } from './support/ground.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
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
  console.error('Usage: bench --quick [--connections 64,256] [--concerts 1] [--seconds 5] [--rounds 2] [--profile]');
  process.exit(2);
}

const ground = await Ground.open({ profile: values.profile });
try {
  await quick(ground, { connections, concerts, seconds, rounds });
} finally {
  await ground.close();
}
