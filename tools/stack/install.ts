/** Finds the programs the stack needs; installs what is missing where that needs no question, else says how. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StackError } from './settings.ts';

interface Requirement {
  readonly what: string;
  readonly isMet: () => boolean;
  /** Packages of Debian and of Homebrew. */
  readonly apt: string;
  readonly brew: string;
}

export const JAVA: Requirement = {
  what: 'a Java runtime, 17 or later',
  isMet: () => javaMajor() >= 17,
  apt: 'default-jre-headless',
  brew: 'openjdk',
};
export const MAVEN: Requirement = { what: 'Maven', isMet: () => onPath('mvn'), apt: 'maven', brew: 'maven' };
export const REDIS: Requirement = {
  what: 'Redis',
  isMet: () => onPath('redis-server'),
  apt: 'redis-server',
  brew: 'redis',
};
export const POSTGRES: Requirement = {
  what: 'PostgreSQL',
  isMet: () => postgresPrograms() !== undefined,
  apt: 'postgresql',
  brew: 'postgresql@15',
};

/** What decides whether a missing package can be installed without asking anyone. */
export interface Machine {
  readonly isRoot: boolean;
  readonly isDebian: boolean;
  readonly platform: NodeJS.Platform;
}

const thisMachine = (): Machine => ({
  isRoot: process.getuid?.() === 0,
  isDebian: existsSync('/etc/debian_version'),
  platform: process.platform,
});

/** Installs what is missing as root on a Debian, saying so; elsewhere throws StackError with the one command that does it. */
export function requirePrograms(
  requirements: readonly Requirement[],
  say: (line: string) => void,
  machine: Machine = thisMachine(),
): void {
  const missing = requirements.filter(({ isMet }) => !isMet());
  if (missing.length === 0) return;
  const what = missing.map((requirement) => requirement.what).join(', ');
  const packages = missing.map((requirement) => requirement.apt);
  if (!machine.isRoot || !machine.isDebian) {
    const brew = `brew install ${missing.map((requirement) => requirement.brew).join(' ')}`;
    const command = machine.platform === 'darwin' ? brew : `sudo apt-get install -y ${packages.join(' ')}`;
    throw new StackError(`Missing: ${what}. Install with: ${command}`);
  }
  say(`Missing: ${what}. Installing with apt-get: ${packages.join(' ')}`);
  apt(['update']);
  apt(['install', '-y', '--no-install-recommends', ...packages]);
  const still = missing.filter(({ isMet }) => !isMet()).map((requirement) => requirement.what);
  if (still.length > 0)
    throw new StackError(`apt-get installed ${packages.join(' ')}, yet this is missing: ${still.join(', ')}.`);
}

/** Folder of PostgreSQL's server programs, which Debian keeps out of the path; the newest version found. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => ['initdb', 'postgres', 'psql'].every((name) => existsSync(join(folder, name))));
}

function apt(args: readonly string[]): void {
  const done = spawnSync('apt-get', ['-q', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (done.status !== 0)
    throw new StackError(`apt-get ${args.join(' ')} failed:\n${done.stderr || done.stdout || String(done.error)}`);
}

function javaMajor(): number {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0;
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
