/** The servers of the local stack and the processes under measurement. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { down, up } from '../../tools/stack/local-stack.ts';
import { applicationSettings, stackSettings } from '../../tools/stack/settings.ts';
import type { Baseline } from '../baselines/baselines.ts';
import { cleanUp } from './clean-up.ts';
import { type MeasuredServer, startApplication, startBaseline, startNaiveProjector } from './processes.ts';
import { QueueClient } from './queue-client.ts';
import { deferRewrites } from './rewrites.ts';

/** Signs the entry tokens of every installation, so that the benchmark can create a million of them. */
export const TOKEN_SECRET = randomBytes(24).toString('hex');
const RESULTS = join(import.meta.dirname, '..', 'results');
const STOP_TIMEOUT_MS = 12_000;

export class BenchEnvironment {
  /** For logs and profiles of this run. */
  readonly directory: string;
  readonly servers: Readonly<Record<string, string>>;
  readonly adminToken = randomBytes(24).toString('hex');
  readonly #prefix: string;
  readonly #stack: Awaited<ReturnType<typeof up>>;
  readonly #profile: boolean;
  readonly #resumeRewrites: () => Promise<void>;
  #running: MeasuredServer[] = [];
  #installations = 0;
  #started = 0;

  private constructor(stack: Awaited<ReturnType<typeof up>>, profile: boolean, resumeRewrites: () => Promise<void>) {
    const run = randomBytes(3).toString('hex');
    this.#stack = stack;
    this.#profile = profile;
    this.#resumeRewrites = resumeRewrites;
    this.#prefix = `bench-${run}`;
    this.directory = join(RESULTS, run);
    this.servers = applicationSettings(stackSettings());
    mkdirSync(this.directory, { recursive: true });
  }

  /** Starts the stack if it does not run. */
  static async open({ profile = false } = {}): Promise<BenchEnvironment> {
    const stack = await up(stackSettings(), { say: console.log });
    const { REDIS_URL } = applicationSettings(stackSettings());
    return new BenchEnvironment(stack, profile, await deferRewrites(REDIS_URL ?? ''));
  }

  /** Settings of a new installation, isolated by its NAME_PREFIX. */
  installation(settings: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    return {
      ...this.servers,
      NAME_PREFIX: `${this.#prefix}-${this.#installations++}.`,
      ADMIN_TOKEN: this.adminToken,
      ENTRY_TOKEN_SECRETS: TOKEN_SECRET,
      ENTRY_AUTH: 'open',
      LOG_LEVEL: 'info',
      DATA_DIRECTORY: this.directory,
      ...settings,
    };
  }

  application(role: 'api' | 'projector', environment: Readonly<Record<string, string>>): Promise<MeasuredServer> {
    return this.#remember(startApplication(role, this.#settings(environment), `${role}-${this.#started++}`));
  }
  baseline(kind: Baseline, environment: Readonly<Record<string, string>>): Promise<MeasuredServer> {
    return this.#remember(startBaseline(kind, this.#settings(environment)));
  }
  naiveProjector(kind: Baseline, environment: Readonly<Record<string, string>>): Promise<MeasuredServer> {
    return this.#remember(startNaiveProjector(kind, this.#settings(environment)));
  }

  client(api: MeasuredServer): QueueClient {
    return new QueueClient(api.address, this.adminToken);
  }

  /** Process ids by role, with the servers of the stack. */
  pids(api: MeasuredServer, projector?: MeasuredServer): ReadonlyMap<string, number> {
    const stackPid = (name: string): number | undefined => this.#stack.find((one) => one.name === name)?.pid;
    const all = { api: api.pid, broker: stackPid('kafka'), projector: projector?.pid, Redis: stackPid('redis') };
    return new Map(Object.entries(all).flatMap(([name, pid]): [string, number][] => (pid ? [[name, pid]] : [])));
  }

  get stackPids(): readonly number[] {
    return this.#stack.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  async stop(...servers: readonly MeasuredServer[]): Promise<void> {
    await Promise.all(servers.map((server) => server.stop(STOP_TIMEOUT_MS)));
    this.#running = this.#running.filter((server) => !servers.includes(server));
  }

  /** Stops the processes and removes their data from the servers. */
  async close(): Promise<void> {
    try {
      await this.stop(...this.#running);
      await cleanUp(this.servers, this.#prefix);
    } finally {
      await this.#resumeRewrites();
    }
    if (this.#stack.every((component) => component.started)) await down(stackSettings(), console.log);
  }

  #settings(environment: Readonly<Record<string, string>>) {
    return { environment, directory: this.directory, profile: this.#profile };
  }

  async #remember(starting: Promise<MeasuredServer>): Promise<MeasuredServer> {
    const server = await starting;
    this.#running.push(server);
    return server;
  }
}
