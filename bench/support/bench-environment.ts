/** What every part of the benchmark stands on: the servers of the local stack, the processes started, and their end. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { down, up } from '../../tools/stack/local-stack.ts';
import { applicationSettings, stackSettings } from '../../tools/stack/settings.ts';
import type { RivalKind } from '../baselines/baselines.ts';
import { cleanUp } from './clean-up.ts';
import { type MeasuredServer, startApplication, startLiteralProjector, startRival } from './processes.ts';
import { QueueClient } from './queue-client.ts';
import { putOffRewrites } from './rewrites.ts';

/** Signs the entry tokens of every installation, so that the benchmark can hold a million of them. */
export const TOKEN_SECRET = randomBytes(24).toString('hex');
const RESULTS = join(import.meta.dirname, '..', 'results');
const STOPPED_WITHIN_MS = 12_000;

export class Ground {
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

  /** Brings the stack up if it is not. */
  static async open({ profile = false } = {}): Promise<Ground> {
    const stack = await up(stackSettings(), { say: console.log });
    const { REDIS_URL } = applicationSettings(stackSettings());
    return new Ground(stack, profile, await putOffRewrites(REDIS_URL ?? ''));
  }

  /** Settings of a new installation, which shares nothing with others but the servers. */
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
  rival(kind: RivalKind, environment: Readonly<Record<string, string>>): Promise<MeasuredServer> {
    return this.#remember(startRival(kind, this.#settings(environment)));
  }
  literalProjector(kind: RivalKind, environment: Readonly<Record<string, string>>): Promise<MeasuredServer> {
    return this.#remember(startLiteralProjector(kind, this.#settings(environment)));
  }

  client(api: MeasuredServer): QueueClient {
    return new QueueClient(api.address, this.adminToken);
  }

  /** Process ids by what they do, the servers of the stack among them. */
  pids(api: MeasuredServer, projector?: MeasuredServer): ReadonlyMap<string, number> {
    const ofStack = (name: string): number | undefined => this.#stack.find((one) => one.name === name)?.pid;
    const all = { api: api.pid, broker: ofStack('kafka'), projector: projector?.pid, Redis: ofStack('redis') };
    return new Map(Object.entries(all).flatMap(([name, pid]): [string, number][] => (pid ? [[name, pid]] : [])));
  }

  get stackPids(): readonly number[] {
    return this.#stack.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  async stop(...servers: readonly MeasuredServer[]): Promise<void> {
    await Promise.all(servers.map((server) => server.stop(STOPPED_WITHIN_MS)));
    this.#running = this.#running.filter((server) => !servers.includes(server));
  }

  /** Ends what was started and removes what was written to the servers. */
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
