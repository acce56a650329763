/** `stack up | down | status | env`: the servers the application needs, on this machine. */
import { down, status, up } from './local-stack.ts';
import { type ComponentStatus, line } from './native-stack.ts';
import { applicationSettings, StackError, stackSettings } from './settings.ts';

const USAGE = `Usage: stack up | down | status | env   [--json] [--native]

  up      starts Kafka, a schema registry, Redis and PostgreSQL on 127.0.0.1, and waits until each answers
  down    ends what up started; the data stays in .stack/
  status  tells of each whether it answers; exit status 1 unless all do
  env     prints the running stack's settings as NAME=value lines

  --native  processes of this machine even where a Docker engine answers`;

async function main(args: readonly string[]): Promise<number> {
  const [command, ...others] = args.filter((argument) => !argument.startsWith('--'));
  const unknown = args.filter(
    (argument) => argument.startsWith('--') && !['--json', '--native', '--help'].includes(argument),
  );
  const json = args.includes('--json');
  const say = (text: string): void => (json ? console.error(text) : console.log(text));
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  if (others.length > 0 || unknown.length > 0) return usage();
  const settings = stackSettings();
  switch (command) {
    case 'up': {
      const started = await up(settings, { say, ...(args.includes('--native') && { native: true }) });
      if (json) print(started);
      return 0;
    }
    case 'down': {
      const stopped = await down(settings, say);
      if (json) print(stopped);
      return 0;
    }
    case 'status': {
      const components = await status(settings);
      if (json) print(components);
      else for (const component of components) console.log(line(component, component.state));
      return allRun(components) ? 0 : 1;
    }
    case 'env': {
      if (!allRun(await status(settings)))
        throw new StackError('The stack is not running. Start it with: npm run stack -- up');
      const lines = applicationSettings(settings);
      if (json) print(lines);
      else for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);
      return 0;
    }
    default:
      return usage();
  }
}

function usage(): number {
  console.error(USAGE);
  return 2;
}

const print = (value: unknown): void => console.log(JSON.stringify(value, null, 2));
const allRun = (components: readonly ComponentStatus[]): boolean =>
  components.every(({ state }) => state === 'running');

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
