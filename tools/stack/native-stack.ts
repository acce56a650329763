/** The local stack as processes of this machine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, components, installEverything } from './components.ts';
import { holdingLock } from './lock.ts';
import { findServer } from './process.ts';
import { type ComponentName, StackError, type StackSettings } from './settings.ts';

export interface ComponentStatus {
  readonly name: ComponentName;
  readonly address: string;
  /** `running`: it answers. `silent`: our process lives but does not answer. */
  readonly state: 'running' | 'silent' | 'stopped';
  readonly pid?: number;
}

export interface ComponentStarted extends ComponentStatus {
  /** Whether this run started it; otherwise it was already there. */
  readonly started: boolean;
  readonly tookMs: number;
}

/** Takes a line for people. */
export type Say = (line: string) => void;
/** A first start downloads and installs; a run that waits for its lock waits for that too. */
const LOCK_MS = 600_000;

/** Starts what does not run yet, side by side, and resolves when every component answers. Says one line per component. */
export function nativeUp(settings: StackSettings, say: Say): Promise<readonly ComponentStarted[]> {
  mkdirSync(settings.directory, { recursive: true });
  return holdingLock(join(settings.directory, 'lock'), LOCK_MS, async () => {
    installEverything(say);
    const outcomes = await Promise.allSettled(
      components(settings).map(async (component) => {
        const done = await start(component);
        say(line(done, done.started ? `started in ${(done.tookMs / 1000).toFixed(1)} s` : 'was running'));
        return done;
      }),
    );
    const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [words(outcome.reason)] : []));
    if (failures.length === 0) return running;
    await endAgain(settings, running);
    throw new StackError(failures.join('\n'));
  });
}

/** Half a stack serves nobody: what this run started goes again, what ran before stays. */
async function endAgain(settings: StackSettings, running: readonly ComponentStarted[]): Promise<void> {
  const started = new Set(running.filter((component) => component.started).map(({ name }) => name));
  const servers = components(settings).filter(({ name }) => started.has(name));
  await Promise.all(servers.map(async ({ name, directory }) => findServer(name, directory)?.stop()));
}

const words = (failure: unknown): string => (failure instanceof StackError ? failure.message : String(failure));

/** Ends what the stack started, side by side; data stays. */
export function nativeDown(settings: StackSettings, say: Say): Promise<readonly ComponentStatus[]> {
  mkdirSync(settings.directory, { recursive: true });
  return holdingLock(join(settings.directory, 'lock'), LOCK_MS, () =>
    Promise.all(
      components(settings).map(async (component) => {
        const server = findServer(component.name, component.directory);
        await server?.stop(20_000);
        const stopped: ComponentStatus = { name: component.name, address: address(component), state: 'stopped' };
        say(line(stopped, server ? `ended (process ${server.pid})` : 'was not running'));
        return stopped;
      }),
    ),
  );
}

export function nativeStatus(settings: StackSettings): Promise<readonly ComponentStatus[]> {
  return Promise.all(
    components(settings).map(async (component): Promise<ComponentStatus> => {
      const base = { name: component.name, address: address(component) };
      const server = findServer(component.name, component.directory);
      if (!server) return { ...base, state: 'stopped' };
      return { ...base, pid: server.pid, state: (await component.answers().catch(() => false)) ? 'running' : 'silent' };
    }),
  );
}

export function line({ name, address: at, pid }: ComponentStatus, words: string): string {
  return `${name.padEnd(16)} ${at.padEnd(16)} ${words}${pid === undefined ? '' : ` (process ${pid})`}`;
}

async function start(component: Component): Promise<ComponentStarted> {
  const from = Date.now();
  const running = findServer(component.name, component.directory);
  const base = { name: component.name, address: address(component), state: 'running' as const };
  if (running && (await component.answers().catch(() => false)))
    return { ...base, pid: running.pid, started: false, tookMs: 0 };
  await running?.stop(); // it lives but does not answer: of no use to anyone
  await component.requirePorts();
  const { pid } = await component.start();
  return { ...base, pid, started: true, tookMs: Date.now() - from };
}

const address = ({ port }: Component): string => `127.0.0.1:${port}`;
