/** The local stack as containers: the same four servers on the same ports, where a Docker engine answers. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { components } from './components.ts';
import type { ComponentStarted, ComponentStatus } from './native-stack.ts';
import { requireCompatibility } from './schema-registry.ts';
import { COMPONENTS, PROJECT, StackError, type StackSettings } from './settings.ts';

/** Whether a Docker engine with Compose answers; having the command alone is not enough. */
export function dockerAnswers(): boolean {
  const engine = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { encoding: 'utf8', timeout: 10_000 });
  if (engine.status !== 0 || engine.stdout.trim() === '') return false;
  return spawnSync('docker', ['compose', 'version'], { timeout: 10_000 }).status === 0;
}

/** Whether the last `up` of this folder was made of containers. */
export function isInContainers(settings: StackSettings): boolean {
  return existsSync(marker(settings));
}

export async function composeUp(settings: StackSettings): Promise<readonly ComponentStarted[]> {
  const before = await composeStatus(settings);
  const from = Date.now();
  mkdirSync(settings.directory, { recursive: true });
  writeFileSync(marker(settings), '');
  compose(['up', '--detach', '--wait', ...COMPONENTS], settings);
  await requireCompatibility(settings.registryPort);
  const tookMs = Date.now() - from;
  const after = await composeStatus(settings);
  return after.map((component, i) => ({ ...component, started: before[i]?.state !== 'running', tookMs }));
}

/** Ends and removes the containers; the volumes with the data stay. */
export async function composeDown(settings: StackSettings): Promise<readonly ComponentStatus[]> {
  compose(['down'], settings);
  rmSync(marker(settings), { force: true });
  return composeStatus(settings);
}

export function composeStatus(settings: StackSettings): Promise<readonly ComponentStatus[]> {
  return Promise.all(
    components(settings).map(async ({ name, port, answers }): Promise<ComponentStatus> => {
      const running = await answers().catch(() => false);
      return { name, address: `127.0.0.1:${port}`, state: running ? 'running' : 'stopped' };
    }),
  );
}

function compose(args: readonly string[], settings: StackSettings): void {
  const ports = {
    STACK_KAFKA_PORT: String(settings.kafkaPort),
    STACK_REGISTRY_PORT: String(settings.registryPort),
    STACK_REDIS_PORT: String(settings.redisPort),
    STACK_POSTGRES_PORT: String(settings.postgresPort),
  };
  const stdio = ['ignore', 2, 2] as const; // its progress is talk; standard output is for answers
  const env = { ...process.env, ...ports };
  const done = spawnSync('docker', ['compose', ...args], { cwd: PROJECT, stdio: [...stdio], env });
  if (done.status !== 0) throw new StackError(`docker compose ${args.join(' ')} failed.`);
}

const marker = (settings: StackSettings): string => join(settings.directory, 'in-containers');
